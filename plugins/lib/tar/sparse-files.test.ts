import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyLayer } from './apply-layer.ts'
import { readTar } from './format/read-tar.ts'
import { inPieces } from './testing/make-tar.ts'
import { copyFolder, writeLayer } from './trees.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sparse-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const make = (name: string) => mkdtempSync(join(folder, `${name}-`))

const unpack = async (archive: Uint8Array, limits = {}, piece = 65_536) => {
  const root = make('root')
  const applied = await applyLayer({ root, limits }, inPieces(archive, piece))
  return { root, applied }
}

const readFirst = async (archive: Uint8Array, piece: number) => {
  const chunks: Uint8Array[] = []
  for await (const { entry, content } of readTar(inPieces(archive, piece))) {
    if (entry.name === 'sparse') for await (const chunk of content) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const formats: readonly (readonly string[])[] = [
  ['--format=gnu'],
  ['--format=pax', '--sparse-version=0.0'],
  ['--format=pax', '--sparse-version=0.1'],
  ['--format=pax', '--sparse-version=1.0'],
]

interface Sample {
  readonly size: number
  readonly data: readonly (readonly [offset: number, bytes: Uint8Array])[]
}

/** Data at places of blocks or anywhere, in a file that ends with data or with a hole. */
const sample: fc.Arbitrary<Sample> = fc
  .array(
    fc.record({
      gap: fc.oneof(
        fc.nat({ max: 60 }).map((blocks) => blocks * 4096),
        fc.nat({ max: 300_000 }),
      ),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 9000 }),
    }),
    { maxLength: 40 },
  )
  .chain((parts) =>
    fc.nat({ max: 200_000 }).map((tail) => {
      const data: [number, Uint8Array][] = []
      let at = 0
      for (const { gap, bytes } of parts) {
        data.push([at + gap, bytes])
        at += gap + bytes.length
      }
      return { size: at + tail, data }
    }),
  )

function writeSparse(path: string, { size, data }: Sample): void {
  const descriptor = openSync(path, 'w')
  ftruncateSync(descriptor, size)
  for (const [offset, bytes] of data) writeSync(descriptor, bytes, 0, bytes.length, offset)
  closeSync(descriptor)
}

describe('sparse files of GNU tar', () => {
  test.each(formats)(
    'of %s %s are unpacked with their content and their holes',
    async (...words) => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(sample, fc.integer({ min: 1, max: 9000 }), async (made, piece) => {
          const source = join(folder, `source-${run++}`)
          mkdirSync(source)
          writeSparse(join(source, 'sparse'), made)
          writeFileSync(join(source, 'tail'), 'what comes after')
          const detection = run % 2 === 0 ? 'raw' : 'seek'
          const archive = execFileSync(
            'tar',
            [...words, '--sparse', `--hole-detection=${detection}`, '-C', source, '-cf', '-', 'sparse', 'tail'],
            { maxBuffer: 2 ** 26 },
          )
          const { root, applied } = await unpack(archive, {}, piece)
          expect(readFileSync(join(root, 'sparse')).equals(readFileSync(join(source, 'sparse')))).toBe(true)
          // The writer gets large pieces whatever comes; the reader has to do with any.
          expect((await readFirst(archive, piece)).equals(readFileSync(join(source, 'sparse')))).toBe(true)
          expect(readFileSync(join(root, 'tail'), 'utf8')).toBe('what comes after')
          expect(applied.size).toBe(made.size + 16)
          expect(statSync(join(root, 'sparse')).mtimeMs).toBeCloseTo(statSync(join(source, 'sparse')).mtimeMs, -4)
          const reference = make('reference')
          execFileSync('tar', ['-C', reference, '-xf', '-'], { input: archive })
          expect(allocated(join(root, 'sparse'))).toBeLessThanOrEqual(allocated(join(reference, 'sparse')))
          for (const path of [source, root, reference]) rmSync(path, { recursive: true })
        }),
        { numRuns: 15 },
      )
    },
    60_000,
  )

  test('that take no disk at all take none when unpacked', async () => {
    const source = join(folder, 'big')
    writeSparse(source, { size: 2 ** 34 + 5, data: [] })
    for (const words of formats) {
      const archive = execFileSync('tar', [...words, '--sparse', '-C', folder, '-cf', '-', 'big'])
      const { root, applied } = await unpack(archive)
      expect(statSync(join(root, 'big')).size).toBe(2 ** 34 + 5)
      expect(applied.size).toBe(2 ** 34 + 5)
      expect(allocated(join(root, 'big'))).toBe(0)
    }
  })

  test('with long names keep them', async () => {
    const name = `${'long-'.repeat(30)}/${'name-'.repeat(40)}`
    mkdirSync(join(folder, 'source', 'long-'.repeat(30)), { recursive: true })
    writeSparse(join(folder, 'source', name), { size: 2 ** 20, data: [[5000, Buffer.from('x')]] })
    for (const words of formats) {
      const archive = execFileSync('tar', [...words, '--sparse', '-C', join(folder, 'source'), '-cf', '-', '.'])
      const { root } = await unpack(archive, {}, 511)
      expect(readFileSync(join(root, name)).equals(readFileSync(join(folder, 'source', name)))).toBe(true)
    }
  })

  test('are zeros to those who read entry by entry', async () => {
    const source = join(folder, 'sparse')
    writeSparse(source, { size: 3 * 2 ** 20, data: [[2 ** 20 + 9, Buffer.from('data')]] })
    for (const words of formats) {
      const archive = execFileSync('tar', [...words, '--sparse', '-C', folder, '-cf', '-', 'sparse'])
      expect((await readFirst(archive, 1000)).equals(readFileSync(source))).toBe(true)
    }
  })
})

test('a sparse file that was packed and unpacked takes no more disk than before', async () => {
  const [source, target] = [make('source'), make('target')]
  writeSparse(join(source, 'sparse'), { size: 2 ** 26 + 100, data: [[2 ** 23 + 5, Buffer.from('data')]] })
  const chunks: Uint8Array[] = []
  for await (const chunk of writeLayer({ form: 'plain', root: source })) chunks.push(chunk)
  const archive = Buffer.concat(chunks)
  expect(archive.length).toBeGreaterThan(2 ** 26)
  for (const [compression, bytes] of [
    ['none', archive],
    ['gzip', gzipSync(archive, { level: 1 })],
    ['zstd', zstdCompressSync(archive)],
  ] as const) {
    const root = join(target, compression)
    mkdirSync(root)
    await applyLayer({ root, compression }, inPieces(bytes))
    expect(readFileSync(join(root, 'sparse')).equals(readFileSync(join(source, 'sparse')))).toBe(true)
    expect(allocated(join(root, 'sparse'))).toBeLessThanOrEqual(2 ** 17)
  }
})

test('a copy of a tree keeps the holes of its files', async () => {
  await fc.assert(
    fc.asyncProperty(sample, async (made) => {
      const [source, target] = [make('source'), make('target')]
      writeSparse(join(source, 'sparse'), made)
      await copyFolder(source, target)
      expect(readFileSync(join(target, 'sparse')).equals(readFileSync(join(source, 'sparse')))).toBe(true)
      expect(allocated(join(target, 'sparse'))).toBeLessThanOrEqual(allocated(join(source, 'sparse')))
    }),
    { numRuns: 30 },
  )
})

function allocated(path: string): number {
  return statSync(path).blocks * 512
}
