import type { Logger } from '@moby/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineBudget, lineLimits, OutputLines, type LineLimits } from './output-lines.ts'

function setUp(limits: LineLimits = lineLimits, now: () => number = () => 0) {
  const records: [string, string, Record<string, unknown>][] = []
  const kept: string[] = []
  const write =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}): void =>
      void records.push([level, message, fields])
  const log: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const budget = new LineBudget(limits, now)
  const lines = new OutputLines({ log, level: 'info', budget, limits, onLine: (line) => kept.push(line) })
  return { lines, records, kept }
}

test('lines are the same wherever the chunks were cut', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), { maxLength: 20 })
  fc.assert(
    fc.property(texts, fc.array(fc.nat(200), { maxLength: 20 }), (written, cuts) => {
      const whole = Buffer.from(written.map((each) => `${each.replaceAll(/[\n{]/g, '.')}\n`).join(''))
      const { lines, kept } = setUp()
      let at = 0
      for (const cut of cuts) {
        lines.push(whole.subarray(at, at + cut))
        at += cut
      }
      lines.push(whole.subarray(at))
      lines.end()
      const expected = whole.toString().split('\n')
      expect(kept).toEqual(expected.map((each) => each.trimEnd()).filter((each) => each !== ''))
    }),
  )
})

test('a line keeps the level that it names, and what is no such record is a message as it stands', () => {
  const { lines, records } = setUp()
  const written = [
    '{"level":"error","message":"bad","size":1,"component":"other"}',
    '{"level":"loud","message":"x"}',
    '{"level":"warn"}',
    '{broken',
    'null',
  ]
  lines.push(Buffer.from(`${written.join('\n')}\nwithout an end`))
  lines.end()
  expect(records).toEqual([
    ['error', 'bad', { size: 1, component_: 'other' }],
    ...[...written.slice(1), 'without an end'].map((line) => ['info', line, {}]),
  ])
})

test('a line that is too long is cut, however it comes, and holds no more memory than that', () => {
  const { lines, records } = setUp({ ...lineLimits, lineBytes: 10 })
  for (let piece = 0; piece < 1000; piece += 1) lines.push(Buffer.from('abcdefg'))
  lines.push(Buffer.from('\nnext\n'))
  expect(records).toEqual([
    ['info', 'abcdefgabc', { cut: true }],
    ['info', 'next', {}],
  ])
})

test('lines beyond the rate are left out and counted, and the rest comes again with time', () => {
  let now = 0
  const { lines, records, kept } = setUp({ lineBytes: 100, perSecond: 10, burst: 3 }, () => now)
  lines.push(Buffer.from('1\n2\n3\n4\n5\n'))
  now = 100
  lines.push(Buffer.from('6\n7\n'))
  lines.end()
  expect(records).toEqual([
    ['info', '1', {}],
    ['info', '2', {}],
    ['info', '3', {}],
    ['warn', 'it writes faster than the log takes; lines were left out', { lines: 2 }],
    ['info', '6', {}],
    ['warn', 'it writes faster than the log takes; lines were left out', { lines: 1 }],
  ])
  expect(kept).toHaveLength(7)
})
