import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TooFarBack, UploadSource } from './upload-source.ts'

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 251))

async function* pieces(content: Uint8Array, sizes: readonly number[]) {
  let at = 0
  for (let each = 0; at < content.length; each += 1) {
    const size = sizes[each % sizes.length] ?? 1
    yield content.subarray(at, at + size)
    at += size
  }
}

async function read(source: UploadSource, from: number, to: number): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source.from(from, to)))
}

test('wherever an upload goes on within what is kept, it gives the same bytes; further back it says so', async () => {
  const sizes = fc
    .array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 5 })
    .filter((all) => all.some((each) => each > 0))
  const jumps = fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 300 })), {
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(sizes, jumps, async (each, all) => {
      const source = new UploadSource(pieces(bytes, each), bytes.length, 200, 'blob')
      let furthest = 0
      for (const [start, length] of all) {
        const from = Math.min(start, furthest)
        const to = Math.min(bytes.length, from + length)
        try {
          expect((await read(source, from, to)).equals(bytes.subarray(from, to))).toBe(true)
        } catch (error) {
          if (!(error instanceof TooFarBack)) throw error
          // What is kept is never less than was promised.
          expect(furthest - from).toBeGreaterThan(200 - 90)
        }
        furthest = Math.max(furthest, to)
      }
      await source.close()
    }),
  )
})

test('an input that is shorter or longer than told is found out', async () => {
  const mismatch = { code: 'CONTENT_MISMATCH' }
  const short = new UploadSource(pieces(bytes, [100]), 1001, 100, 'blob')
  await expect(read(short, 0, 1001)).rejects.toMatchObject(mismatch)
  const long = new UploadSource(pieces(bytes, [100]), 999, 100, 'blob')
  await expect(read(long, 0, 999)).rejects.toMatchObject(mismatch)
  const exact = new UploadSource(pieces(bytes, [100]), 900, 100, 'blob')
  await expect(read(exact, 0, 900)).rejects.toMatchObject(mismatch)
})

test('an input that is let go early is told to end', async () => {
  let ended = false
  async function* input() {
    try {
      for (;;) yield bytes
    } finally {
      ended = true
    }
  }
  const source = new UploadSource(input(), 1e9, 100, 'blob')
  await read(source, 0, 10)
  await source.close()
  expect(ended).toBe(true)
})
