import type { LogRecord } from '@moby/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { frame } from './frames.ts'
import { LineFrames } from './line-frames.ts'

const records = fc.array(
  fc
    .record({
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      line: fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.nat({ max: 70_000 }).map((size) => new Uint8Array(size).fill(65)),
      ),
      partial: fc.option(
        fc.record({ id: fc.constant('p'), ordinal: fc.integer({ min: 1, max: 2 }), last: fc.boolean() }),
        { nil: undefined },
      ),
    })
    .map(({ partial, ...rest }): LogRecord => {
      const record = { ...rest, time: '2026-01-01T00:00:00.000000001Z' }
      return partial === undefined ? record : { ...record, partial }
    }),
  { maxLength: 12 },
)

test('each line is a frame of its own with its front and its end, or the same bytes without frames', () => {
  fc.assert(
    fc.property(
      records,
      fc.boolean(),
      fc.constantFrom(undefined, () => 'time ü '),
      (batch, framed, front) => {
        const wanted = batch.map((record) => {
          const { partial, line } = record
          const begins = partial === undefined || partial.ordinal === 1
          const parts = [
            Buffer.from(begins ? (front?.() ?? '') : ''),
            line,
            Buffer.from(partial === undefined || partial.last ? '\n' : ''),
          ]
          return framed ? frame(record.stream, ...parts) : Buffer.concat(parts)
        })
        expect(new LineFrames({ framed, front }).write(batch).equals(Buffer.concat(wanted))).toBe(true)
      },
    ),
  )
})
