import { record } from '@moby/lib-log-files/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLine } from './decode-line.ts'
import { decodeText, encodeRecord } from './encode-record.ts'

test.each([
  ['616263', 'abc'],
  ['61ff62', 'a\ufffdb'],
  ['e28262', '\ufffd\ufffdb'],
  ['f09f90', '\ufffd\ufffd\ufffd'],
  ['f09f90b3', '🐳'],
  ['eda080', '\ufffd\ufffd\ufffd'],
  ['c0af', '\ufffd\ufffd'],
])('bytes %s are read as Go reads them', (hex, text) => {
  expect(decodeText(Buffer.from(hex, 'hex'))).toBe(text)
})

test('a record has the form of dockerd', () => {
  expect(encodeRecord(record('say "hi"\t\\'), '')).toBe(
    '{"log":"say \\"hi\\"\\t\\\\\\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}\n',
  )
  const piece = record('part', 0, { stream: 'stderr', partial: { id: 'x', ordinal: 1, last: false } })
  expect(encodeRecord(piece, '{"tag":"t"}')).toBe(
    '{"log":"part","stream":"stderr","attrs":{"tag":"t"},"time":"2026-01-01T00:00:00.000000000Z"}\n',
  )
})

test('every text comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = encodeRecord(record(text), '')
      expect(line.indexOf('\n')).toBe(line.length - 1)
      const decoded = decodeLine(line)
      expect(Buffer.from(decoded?.line ?? []).equals(Buffer.from(text))).toBe(true)
    }),
  )
})

test.each([
  '',
  '{',
  '{"log":"a\tb\\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}',
  '{"log":"\0\\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}',
  'null',
  '[]',
  '{"log":1}',
  '{"log":"x","stream":"stdin","time":"2026-01-01T00:00:00Z"}',
  '{"log":"x","stream":"stdout","time":"now"}',
])('the line %j is no record', (line) => {
  expect(decodeLine(line)).toBeUndefined()
})
