import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyLayer } from './apply-layer.ts'
import { readTar } from './format/read-tar.ts'
import { inPieces, makeTar } from './testing/make-tar.ts'
import { makeSparse, type SparseSample } from './testing/make-sparse.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sparse-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const make = (name: string) => mkdtempSync(join(folder, `${name}-`))

const unpack = async (archive: Uint8Array, limits = {}, piece = 65_536) => {
  const root = make('root')
  const applied = await applyLayer({ root, limits }, inPieces(archive, piece))
  return { root, applied }
}

const forms = ['old', '0.0', '0.1', '1.0'] as const

describe.each(forms)('a map of form %s', (form) => {
  const attempt = async (sparse: Omit<SparseSample, 'form'>, limits = {}) =>
    await unpack(
      Buffer.concat([makeSparse({ form, ...sparse }), makeTar([{ name: 'after', content: 'after' }])]),
      limits,
    )
  const invalid = (text: RegExp) => ({ code: 'ARCHIVE_INVALID', message: expect.stringMatching(text) })
  const limit = (text: RegExp) => ({ code: 'ARCHIVE_LIMIT', message: expect.stringMatching(text) })

  test('of fragments of any length, next to each other, empty or none is read', async () => {
    for (const [size, map] of [
      [200, [1, 1, 3, 1, 5, 1, 100, 50, 150, 50]],
      [10, [0, 4, 4, 4, 8, 0, 9, 0, 10, 0]],
      [10, [0, 10]],
      [10, [10, 0]],
      [0, [0, 0]],
      [9, Array.from({ length: 60 }, () => 0)],
      [300, Array.from({ length: 300 }, (_, at) => (at % 2 === 0 ? at : 1))],
    ] as const) {
      const expected = Buffer.alloc(size)
      for (let at = 0; at < map.length; at += 2) expected.fill('d', map[at], (map[at] ?? 0) + (map[at + 1] ?? 0))
      const { root } = await attempt({ name: 'sparse', size, map })
      expect(readFileSync(join(root, 'sparse')).toString('latin1')).toBe(expected.toString('latin1'))
      expect(readFileSync(join(root, 'after'), 'utf8')).toBe('after')
    }
  })

  test('with fragments that overlap or are out of order is refused', async () => {
    for (const map of [
      [0, 10, 9, 5],
      [500, 10, 0, 5],
      [10, 5, 10, 5],
      [9, 0, 8, 0],
    ]) {
      await expect(attempt({ name: 'bad', size: 1000, map })).rejects.toMatchObject(invalid(/"bad".*overlap/))
    }
  })

  test('with fragments beyond the size is refused', async () => {
    for (const map of [
      [995, 6],
      [1001, 0],
      [2 ** 33 - 1, 1],
      [0, 5, 2 ** 33 - 1, 2 ** 33 - 1],
    ]) {
      await expect(attempt({ name: 'bad', size: 1000, map, stored: 6 })).rejects.toMatchObject(
        invalid(/"bad".*beyond its size of 1000 bytes/),
      )
    }
  })

  test('with negative numbers is refused', async () => {
    for (const map of [
      [-1, 5],
      [0, -5],
    ]) {
      await expect(attempt({ name: 'bad', size: 1000, map, stored: 5 })).rejects.toMatchObject(
        invalid(/"bad".*cannot be read/),
      )
    }
    await expect(attempt({ name: 'bad', size: -1, map: [0, 0] })).rejects.toMatchObject(invalid(/"bad".*size/))
  })

  test('that says another length than what is stored is refused', async () => {
    for (const stored of [0, 4, 6, 600]) {
      await expect(attempt({ name: 'bad', size: 1000, map: [0, 5], stored })).rejects.toMatchObject(
        invalid(/"bad".*fragments of 5 bytes together, where \d+ are stored/),
      )
    }
  })

  test('with too many fragments is refused', async () => {
    const map = Array.from({ length: 202 }, (_, at) => (at % 2 === 0 ? at : 1))
    await attempt({ name: 'much', size: 1000, map }, { fragments: 101 })
    await expect(attempt({ name: 'much', size: 1000, map }, { fragments: 100 })).rejects.toMatchObject(
      limit(/"much".*more than the 100 fragments/),
    )
  })

  test('that scatters little data over much of a disk is refused', async () => {
    const map = Array.from({ length: 800 }, (_, at) => (at % 2 === 0 ? at * 4096 : 1))
    await expect(attempt({ name: 'wide', size: 2 ** 24, map })).rejects.toMatchObject(
      limit(/"wide".*scatters its 400 bytes over 400 blocks/),
    )
  })

  test('of a file that is too large is refused, and its size counts with all others', async () => {
    await expect(attempt({ name: 'huge', size: 2 ** 41, map: [2 ** 41, 0] })).rejects.toMatchObject(limit(/"huge"/))
    const size = 2 ** 52
    await expect(attempt({ name: 'huge', size, map: [size, 0] }, { bytes: 2 ** 53 })).rejects.toMatchObject(
      limit(/"huge".*larger than the file system can hold/),
    )
    const two = Buffer.concat([
      makeSparse({ form, name: 'one', size: 600, map: [0, 1] }),
      makeSparse({ form, name: 'two', size: 600, map: [0, 1] }),
      makeTar([]),
    ])
    await unpack(two, { bytes: 1200 })
    await expect(unpack(two, { bytes: 1199 })).rejects.toMatchObject(limit(/"two"/))
  })

  test('whose holes would have to be written out is bound by what came', async () => {
    const size = 2 ** 30
    const drain = async (made: number) => {
      const archive = Buffer.concat([makeSparse({ form, name: 'deep', size: made, map: [0, 1, made, 0] }), makeTar([])])
      let told = 0
      for await (const { content } of readTar(inPieces(archive)))
        for await (const piece of content) told += piece.length
      return told
    }
    expect(await drain(size)).toBe(size)
    await expect(drain(size + 1)).rejects.toMatchObject(limit(/"deep".*more than 200 times/))
  })

  test('that is cut anywhere is an error that says where', async () => {
    const map = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? at * 10 : 3))
    const whole = makeSparse({ form, name: 'cut', size: 1000, map })
    for (let length = 1; length <= whole.length; length += 101) {
      await expect(unpack(whole.subarray(0, length))).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
    }
  })

  test('of noise does nothing but fail', async () => {
    const map = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? at * 10 : 3))
    const whole = Buffer.concat([makeSparse({ form, name: 'noise', size: 1000, map }), makeTar([])])
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, value) => {
        const bytes = Buffer.from(whole)
        bytes[at] = value
        try {
          let told = 0
          for await (const { entry, content } of readTar(inPieces(bytes, 300))) {
            for await (const piece of content) told += piece.length
            expect(told).toBe(entry.size)
            told = 0
          }
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^ARCHIVE_/)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('the map of a sparse file', () => {
  const refused = async (archive: Uint8Array, text: RegExp) =>
    await expect(unpack(archive)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringMatching(text),
    })

  test('that is not closed before the data ends is refused', async () => {
    for (const text of ['', '1', '1\n', '1\n0\n', '2\n0\n5\n', `${'9'.repeat(30)}\n`, '1\n0\n\n', '1\n0,5\n', '-1\n']) {
      const sample = { form: '1.0', name: 'open', size: 1000, map: [0, 5] } as const
      await refused(makeSparse({ ...sample, text }), /"open".*cannot be read/)
    }
    const many = makeSparse({ form: '1.0', name: 'open', size: 1000, map: [0, 5], text: '999999999\n' })
    await expect(unpack(many)).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
  })

  test('whose records are out of step is refused', async () => {
    const sample = { name: 'step', size: 1000, map: [0, 5] } as const
    const replace = (form: '0.0' | '0.1', from: string, to: string) =>
      Buffer.from(
        makeSparse({ form, ...sample })
          .toString('latin1')
          .replace(from, to),
        'latin1',
      )
    await refused(replace('0.0', 'sparse.offset', 'sparse.number'), /map of a sparse file|cannot be read/)
    await refused(replace('0.0', 'numbytes=5', 'numbytes=,'), /cannot be read/)
    await refused(replace('0.1', 'numblocks=1', 'numblocks=2'), /"step".*cannot be read/)
    await refused(replace('0.1', 'map=0,5', 'map=0;5'), /"step".*cannot be read/)
    await refused(replace('0.1', 'GNU.sparse.map', 'GNU.sparse.cap'), /"step".*without a map/)
  })

  test('of an unknown version, of star or of what is no file is refused', async () => {
    const sample = { name: 'other', size: 1000, map: [0, 5] } as const
    const version = makeSparse({ form: '1.0', ...sample })
    await refused(
      Buffer.from(version.toString('latin1').replace('major=1', 'major=2'), 'latin1'),
      /"other".*unknown version "2.0"/,
    )
    await refused(makeSparse({ form: 'old', ...sample, magic: 'ustar\x0000' }), /"other".*another form/)
    for (const form of ['0.0', '0.1', '1.0'] as const) {
      await refused(makeSparse({ form, ...sample, typeFlag: '5' }), /"other".*no file/)
    }
  })
})
