import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, readFrames, type Frame, type FrameKind } from './frames.ts'

const limits = { data: 1000, json: 1000 }
const kinds: FrameKind[] = ['data', 'record', 'request', 'status']
const anyFrame = fc.record({ kind: fc.constantFrom(...kinds), payload: fc.uint8Array({ maxLength: 300 }) })

async function read(chunks: readonly Uint8Array[]): Promise<Frame[]> {
  const frames: Frame[] = []
  async function* source() {
    yield* chunks
  }
  for await (const frame of readFrames(source(), limits, 'test')) frames.push(frame)
  return frames
}

function bytesOf(frames: readonly Frame[]): Buffer {
  return Buffer.concat(frames.map(({ kind, payload }) => encodeFrame(kind, payload)))
}

describe('readFrames', () => {
  it('reads the same frames wherever the bytes are cut', async () => {
    const anyCuts = fc.array(fc.nat({ max: 2000 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(fc.array(anyFrame, { maxLength: 8 }), anyCuts, async (frames, cuts) => {
        const bytes = bytesOf(frames)
        const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = edges.slice(1).map((end, at) => bytes.subarray(edges[at], end))
        expect(await read(chunks)).toEqual(frames)
      }),
      { numRuns: 200 },
    )
  })

  it('reads frames that come byte by byte', async () => {
    const frames: Frame[] = [
      { kind: 'data', payload: new Uint8Array([1, 2, 3]) },
      { kind: 'data', payload: new Uint8Array(0) },
      { kind: 'status', payload: new Uint8Array([123, 125]) },
    ]
    expect(await read([...bytesOf(frames)].map((byte) => new Uint8Array([byte])))).toEqual(frames)
  })

  it('takes an end inside of a frame for a cut, at every byte', async () => {
    const bytes = bytesOf([{ kind: 'data', payload: new Uint8Array(20) }])
    for (let length = 1; length < bytes.length; length++) {
      await expect(read([bytes.subarray(0, length)])).rejects.toMatchObject({ code: 'WIRE_STREAM_BROKEN' })
    }
  })

  it('refuses garbage with a coded error and never hangs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 50 }), async (garbage) => {
        const outcome = await read([garbage]).catch((error: { code: string }) => error.code)
        if (typeof outcome === 'string') expect(['WIRE_STREAM_BROKEN', 'WIRE_TOO_LARGE']).toContain(outcome)
      }),
    )
  })

  it('refuses a frame over its limit by its head, without waiting for the payload', async () => {
    const head = Buffer.from([1, 0xff, 0xff, 0xff, 0xff])
    await expect(read([head])).rejects.toMatchObject({ code: 'WIRE_TOO_LARGE' })
  })
})
