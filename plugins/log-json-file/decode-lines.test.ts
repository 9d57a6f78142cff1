import { logLine, record, timeOf } from '@moby/lib-log-files/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLine } from './decode-line.ts'
import { decodeLines } from './decode-lines.ts'
import { encodeRecord } from './encode-record.ts'

const written = fc
  .record({
    line: logLine,
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    time: fc.integer({ min: 0, max: 3000 }),
    last: fc.boolean(),
    attributes: fc.constantFrom('', '', '{"tag":"t"}'),
  })
  .map(({ line, stream, time, last, attributes }) => {
    const partial = last ? {} : { partial: { id: 'x', ordinal: 1, last } }
    return encodeRecord({ line, stream, time: timeOf(time), ...partial }, attributes)
  })

/** The same as JSON in another form, as another program may write it. */
const rewritten = written.map((line) => {
  const { log, stream, time } = JSON.parse(line) as Record<string, string>
  return ` {"time":"${time?.replace(/0+Z$/, 'Z')}", "stream":"${stream}", "log":${JSON.stringify(log)}}\n`
})

const damaged = fc.oneof(
  written.chain((line) => fc.nat({ max: line.length - 1 }).map((at) => `${line.slice(0, at)}\n`)),
  fc
    .tuple(written, fc.nat(), fc.constantFrom('x', '"', '\\', '0', ':', '\0'))
    .map(([line, at, unit]) => `${line.slice(0, at % line.length)}${unit}${line.slice((at % line.length) + 1)}`),
  fc.constantFrom('\n', '\n\n', 'null\n', '{}\n', '\0\0\0\n'),
)

/** What the lines are one by one. */
function eachAlone(bytes: Buffer) {
  const decoded = bytes
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => decodeLine(line))
  return {
    damaged: decoded.filter((each) => each === undefined).length,
    records: decoded.filter((each) => each !== undefined).map(plain),
  }
}

function together(bytes: Buffer) {
  let damaged = 0
  const records = decodeLines(bytes, () => (damaged += 1))
  return { damaged, records: records.map(plain) }
}

function plain<T extends { line: Uint8Array }>(each: T) {
  return { ...each, line: Buffer.from(each.line).toString('latin1') }
}

test('lines of any form, also damaged ones, are read together as each is alone', () => {
  const lines = fc.array(fc.oneof({ weight: 4, arbitrary: written }, rewritten, damaged), { maxLength: 12 })
  fc.assert(
    fc.property(lines, (each) => {
      const bytes = Buffer.from(each.join('').replace(/[^\n]$/, '$&\n'))
      expect(together(bytes)).toEqual(eachAlone(bytes))
    }),
    { numRuns: 500 },
  )
})

test('bytes of a file that are no UTF-8 are read as U+FFFD', () => {
  const line = encodeRecord(record('a?b'), '')
  const bytes = Buffer.from(line + line, 'latin1')
  bytes[bytes.indexOf('?')] = 0xff
  const records = decodeLines(bytes, () => undefined)
  expect(records.map((each) => Buffer.from(each.line).toString())).toEqual(['a\ufffdb', 'a?b'])
})

test('a line that is valid is not copied, and keeps its time beside lines of other seconds', () => {
  const lines = [record('one', 999), record('two', 1000), record('tschüß', 1000), record('four', 60_000)]
  const bytes = Buffer.from(lines.map((each) => encodeRecord(each, '')).join(''))
  const records = decodeLines(bytes, () => expect.unreachable())
  expect(records.map(({ time }) => time)).toEqual(lines.map(({ time }) => time))
  for (const { line } of records) expect(line.buffer).toBe(bytes.buffer)
})
