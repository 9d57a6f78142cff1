import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GrpcFrameReader, grpcFrame } from './grpc-frames.ts'

const limit = 16 * 1024 * 1024

test('messages come out as they went in, in whatever pieces', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 })
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sent, sizes) => {
      const bytes = Buffer.concat(sent.map(grpcFrame))
      const reader = new GrpcFrameReader(limit)
      const got: Buffer[] = []
      for (let at = 0, count = 0; at < bytes.length; count += 1) {
        const size = sizes[count % sizes.length] ?? 1
        got.push(...reader.take(bytes.subarray(at, at + size)))
        at += size
      }
      reader.end()
      expect(got.map((each) => each.toString('hex'))).toEqual(sent.map((each) => Buffer.from(each).toString('hex')))
    }),
  )
})

test('a long message in many small pieces costs no more than its length', () => {
  const message = Buffer.alloc(8 * 1024 * 1024, 'x')
  const frame = grpcFrame(message)
  const reader = new GrpcFrameReader(limit)
  const { user: started } = process.threadCpuUsage()
  let got: Buffer[] = []
  for (let at = 0; at < frame.length; at += 1000) got = reader.take(frame.subarray(at, at + 1000))
  expect(got[0]?.equals(message)).toBe(true)
  // Microseconds of this thread: what others use of the machine does not count.
  expect(process.threadCpuUsage().user - started).toBeLessThan(1_000_000)
})

test.each([
  ['compressed', Buffer.from('0100000001', 'hex')],
  ['bytes', Buffer.from('00ffffffff', 'hex')],
])('refuses one that is %s', (problem, bytes) => {
  expect(() => new GrpcFrameReader(limit).take(bytes)).toThrow(problem)
})

test.each([1, 5, 6])('an end after %d bytes of a message is told', (count) => {
  const reader = new GrpcFrameReader(limit)
  reader.take(grpcFrame(Buffer.from('ab')).subarray(0, count))
  expect(() => reader.end()).toThrow('ends within a message')
})
