import type { LogRecord } from '@moby/contracts'
import { logLine, timeOf } from '@moby/lib-log-files/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeRecord } from './encode-record.ts'
import { LineEncoder } from './line-encoder.ts'

const records = fc.array(
  fc.record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    time: fc.nat({ max: 1e9 }).map(timeOf),
    line: logLine,
    partial: fc.option(fc.record({ id: fc.constant('x'), ordinal: fc.constant(1), last: fc.boolean() }), {
      nil: undefined,
    }),
  }),
  { maxLength: 20 },
)

/** A record has no property for what is absent. */
function withoutAbsent({
  partial,
  ...rest
}: LogRecord | ({ partial: undefined } & Omit<LogRecord, 'partial'>)): LogRecord {
  return partial === undefined ? rest : { ...rest, partial }
}

test('lines of any bytes are put together as each of them is written alone', () => {
  fc.assert(
    fc.property(
      fc.array(records, { maxLength: 4 }),
      fc.constantFrom('', '{"tag":"t","ü":"\\\\"}'),
      (batches, attributes) => {
        const encoder = new LineEncoder(attributes)
        for (const batch of batches.map((each) => each.map(withoutAbsent))) {
          for (const record of batch) encoder.add(record)
          const wanted = Buffer.from(batch.map((record) => encodeRecord(record, attributes)).join(''))
          expect(encoder.length).toBe(wanted.length)
          expect(encoder.take().equals(wanted)).toBe(true)
          expect(encoder.length).toBe(0)
        }
      },
    ),
  )
})

test('a batch of huge lines is put together too, and so is what comes after it', () => {
  const encoder = new LineEncoder('')
  const huge = Array.from({ length: 40 }, (_, at) => Buffer.alloc(16_384, at % 2 === 0 ? 0x61 : at))
  for (const lines of [huge, [Buffer.from('small')], huge]) {
    const batch = lines.map((line): LogRecord => ({ stream: 'stdout', time: timeOf(0), line }))
    for (const record of batch) encoder.add(record)
    expect(encoder.take().equals(Buffer.from(batch.map((record) => encodeRecord(record, '')).join('')))).toBe(true)
  }
})
