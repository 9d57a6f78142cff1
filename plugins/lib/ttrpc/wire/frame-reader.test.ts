import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameReader } from './frame-reader.ts'
import { encodeFrame, headerLength, maxFrameLength } from './frame.ts'

const frames = fc.array(
  fc.record({
    streamId: fc.integer({ min: 0, max: 0xffff_ffff }),
    type: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    data: fc.uint8Array({ maxLength: 200 }),
  }),
  { maxLength: 8 },
)

describe('the frame reader', () => {
  test('finds the same frames wherever the bytes are cut', () => {
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (sent, cuts) => {
        const bytes = Buffer.concat(
          sent.map(({ streamId, type, flags, data }) => encodeFrame(streamId, type, data, flags)),
        )
        const reader = new FrameReader()
        const received = []
        for (let at = 0; at < bytes.length;) {
          const length = cuts.next().value ?? 1
          received.push(...reader.push(bytes.subarray(at, at + length)))
          at += length
        }
        expect(received.map(({ data, oversized, ...rest }) => ({ ...rest, data: [...data], oversized }))).toEqual(
          sent.map(({ data, ...rest }) => ({ ...rest, data: [...data], oversized: false })),
        )
      }),
    )
  })

  test('never throws and never holds more than it was given, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const reader = new FrameReader()
        for (const chunk of chunks)
          for (const frame of reader.push(chunk)) expect(frame.streamId).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('skips data beyond the limit and goes on with the next frame', () => {
    const header = Buffer.alloc(headerLength)
    header.writeUInt32BE(maxFrameLength + 3, 0)
    header.writeUInt32BE(7, 4)
    header[8] = 2
    const reader = new FrameReader()
    expect(reader.push(header)).toMatchObject([{ streamId: 7, oversized: true }])
    expect(reader.push(new Uint8Array(maxFrameLength))).toEqual([])
    const next = Buffer.concat([new Uint8Array(3), encodeFrame(9, 2, Buffer.from('x'))])
    expect(reader.push(next)).toMatchObject([{ streamId: 9, oversized: false }])
  })
})
