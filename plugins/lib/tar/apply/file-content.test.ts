import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileContent } from './file-content.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'content-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const window = 65_536

/** Writes a content in pieces of these lengths, over and over. */
function write(content: Buffer, lengths: readonly number[]): string {
  const path = join(folder, 'file')
  rmSync(path, { force: true })
  const descriptor = openSync(path, 'wx')
  const file = new FileContent(descriptor, content.length)
  let turn = 0
  for (let at = 0; at < content.length;) {
    const length = lengths[turn++ % lengths.length] ?? 1
    expect(file.isComplete).toBe(false)
    file.write(content.subarray(at, at + length))
    at += length
  }
  expect(file.isComplete).toBe(true)
  file.finish()
  closeSync(descriptor)
  return path
}

const length = fc.oneof(fc.nat({ max: 200_000 }), fc.constantFrom(4096, 65_535, 65_536, 65_537, 131_072))
const segment = fc.record({ length, byte: fc.constantFrom(0, 0, 0x61) })

test('what is written in pieces of any size is there, and whole pieces of zeros take no disk', () => {
  fc.assert(
    fc.property(
      fc.array(segment, { maxLength: 8 }),
      fc.array(fc.oneof(fc.integer({ min: 700, max: 300_000 }), fc.constantFrom(65_536, 1 << 20)), {
        minLength: 1,
        maxLength: 5,
      }),
      (segments, lengths) => {
        const content = Buffer.concat(segments.map((each) => Buffer.alloc(each.length, each.byte)))
        const path = write(content, lengths)
        expect(readFileSync(path).equals(content)).toBe(true)
        let most = 0
        for (let at = 0; at < content.length; at += window) {
          const piece = content.subarray(at, at + window)
          if (piece.length < window || piece.some((byte) => byte !== 0)) most += window
        }
        expect(statSync(path).blocks * 512).toBeLessThanOrEqual(most)
      },
    ),
    { numRuns: 150 },
  )
})

test('short runs of zeros are written, so that small files and their ends stay in one piece', () => {
  for (const size of [1, 4096, window - 1]) {
    expect(statSync(write(Buffer.alloc(size), [1 << 20])).blocks).toBeGreaterThan(0)
  }
  const content = Buffer.concat([Buffer.alloc(window, 1), Buffer.alloc(window - 1)])
  expect(statSync(write(content, [window + 7])).blocks * 512).toBe(2 * window)
})

test('a last byte that is zero in a whole piece of data is no hole', () => {
  const content = Buffer.alloc(3 * window)
  content[window + 1] = 1
  const path = write(content, [100_000])
  expect(readFileSync(path).equals(content)).toBe(true)
  expect(statSync(path).blocks * 512).toBe(window)
})
