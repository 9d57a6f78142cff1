import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyLayer } from './apply-layer.ts'
import type { TarEntry } from './format/entry.ts'
import { readTar } from './format/read-tar.ts'
import { TarReader } from './format/tar-reader.ts'
import { inPieces, makeTar, type SampleEntry } from './testing/make-tar.ts'
import { copyFolder, listChanges, writeLayer } from './trees.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'trip-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const name = fc.oneof(
  fc.stringMatching(/^[a-d]{1,3}$/),
  fc.stringMatching(/^[ -.0-~é\n]{1,40}$/).filter((text) => !['.', '..'].includes(text) && !text.startsWith('.wh.')),
  fc.stringMatching(/^[x-z]{90,120}$/),
)
const time = fc.bigInt({ min: -1_000_000_000_000_000_000n, max: 4_000_000_000_000_000_000n })
const file: fc.Arbitrary<SampleEntry> = fc.record({
  name: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  content: fc.uint8Array({ maxLength: 2000 }),
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_fffe })),
  gid: fc.integer({ min: 0, max: 5 }),
  modifiedAt: time,
  xattrs: fc.dictionary(fc.stringMatching(/^user\.[a-z\n é]{1,20}$/), fc.stringMatching(/^[ -~]{0,50}$/), {
    maxKeys: 2,
  }),
})

test('what is written as headers is read back the same, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 6 }), fc.integer({ min: 1, max: 3000 }), async (entries, piece) => {
      const read: { entry: TarEntry; content: Buffer }[] = []
      for await (const { entry, content } of readTar(inPieces(makeTar(entries), piece))) {
        const chunks: Uint8Array[] = []
        for await (const chunk of content) chunks.push(chunk)
        read.push({ entry, content: Buffer.concat(chunks) })
      }
      expect(read).toHaveLength(entries.length)
      for (const [at, { entry, content }] of read.entries()) {
        const expected = entries[at]
        expect(Buffer.from(entry.name, 'latin1').toString()).toBe(expected?.name)
        expect(content.equals(Buffer.from(expected?.content ?? ''))).toBe(true)
        expect([entry.mode, entry.uid, entry.gid, entry.modifiedAt]).toEqual([
          expected?.mode,
          expected?.uid,
          expected?.gid,
          expected?.modifiedAt,
        ])
        expect(entry.xattrs.size).toBe(Object.keys(expected?.xattrs ?? {}).length)
      }
    }),
    { numRuns: 60 },
  )
})

test('an archive that ends anywhere before its mark is refused', () => {
  const bytes = makeTar([
    { name: 'a', content: 'x'.repeat(700) },
    { name: 'n'.repeat(150), content: 'y', modifiedAt: 1n },
    { name: 'l', type: 'symlink', linkName: 'a' },
  ])
  const end = bytes.length - 1024
  for (let length = 0; length < end + 512; length += 37) {
    const reader = new TarReader()
    expect(() => {
      for (const _ of reader.push(bytes.subarray(0, length)));
      reader.finish()
    }).toThrow(expect.objectContaining({ code: 'ARCHIVE_TRUNCATED' }))
  }
})

test('bytes that are no archive never do anything but fail', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.integer({ min: 0, max: 2000 }), (noise, at) => {
      const bytes = makeTar([
        { name: 'a', content: 'abc' },
        { name: 'b'.repeat(130), xattrs: { 'user.x': 'y' } },
      ])
      bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), at)
      const reader = new TarReader()
      try {
        for (const _ of reader.push(bytes));
        reader.finish()
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^ARCHIVE_/)
      }
    }),
    { numRuns: 300 },
  )
})

const pack = async (root: string) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of writeLayer({ form: 'plain', root })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('trees survive packing, unpacking and copying; equal trees give equal bytes', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(file, { maxLength: 8, selector: ({ name }) => name }), async (entries) => {
      run += 1
      const [first, second, copy] = ['first', 'second', 'copy'].map((word) => join(folder, `${run}-${word}`)) as [
        string,
        string,
        string,
      ]
      for (const path of [first, second, copy]) mkdirSync(path)
      // A file where another name needs a folder is no tree.
      const names = entries.map((entry) => entry.name)
      const sound = entries.filter(({ name }) => !names.some((other) => other.startsWith(`${name}/`)))
      await applyLayer({ root: first }, inPieces(makeTar(sound)))
      const packed = await pack(first)
      await applyLayer({ root: second }, inPieces(packed, 999))
      expect((await pack(second)).equals(packed)).toBe(true)
      await copyFolder(first, copy)
      expect((await pack(copy)).equals(packed)).toBe(true)
      for await (const change of listChanges({ form: 'plain', root: copy, base: first })) expect(change).toBeUndefined()
    }),
    { numRuns: 25 },
  )
}, 60_000)
