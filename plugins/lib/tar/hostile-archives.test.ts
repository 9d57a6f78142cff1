import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync, constants } from 'node:zlib'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyLayer, writeLayer, type ApplyRequest } from './index.ts'
import { inPieces, makeTar, type SampleEntry } from './testing/make-tar.ts'
import { UnpackBench, unpackForms, type Lower } from './testing/unpack-bench.ts'

// The list of archives that have broken container engines, by number, each in every way that a layer is unpacked:
// what archives say of themselves.

let bench: UnpackBench
beforeEach(() => {
  bench = new UnpackBench()
})
afterEach(() => bench.close())

describe.each(unpackForms)('unpacked %s', (form) => {
  const open = (lower?: Lower) => bench.open(form, lower)
  const apply = (entries: readonly SampleEntry[], lower?: Lower, limits: ApplyRequest['limits'] = {}) =>
    bench.apply(form, entries, lower, limits)
  const bytes = (archive: Uint8Array, request: Partial<ApplyRequest> = {}) => bench.bytes(form, archive, request)
  const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8')

  test('A14 names that are too long or hold a zero byte are refused, other bytes are kept', async () => {
    for (const name of ['x'.repeat(256), 'y/'.repeat(2100), 'z'.repeat(2 ** 19), `a\0b${'c'.repeat(100)}`]) {
      await expect(apply([{ name }]), name.slice(0, 20)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    }
    const huge = makeTar([{ name: 'n'.repeat(2 ** 20 + 10) }])
    await expect(bytes(huge)).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
    const { root } = await apply([{ name: 'line\nbreak' }, { name: 'n'.repeat(255) }])
    expect(readdirSync(root).sort()).toEqual(['line\nbreak', 'n'.repeat(255)])
    const raw = makeTar([{ name: 'QQ' }])
    raw[0] = 0xe9
    seal(raw)
    expect(readdirSync(await bytes(raw), { encoding: 'latin1' })).toEqual(['\xe9Q'])
  })

  test('A15 sizes and owners beyond all bounds are refused, and never wrap', async () => {
    const fields = { size: [124, 12], uid: [108, 8], gid: [116, 8] } as const
    for (const [at, length] of Object.values(fields)) {
      for (const first of [0x80, 0xff]) {
        const archive = makeTar([{ name: 'a' }])
        archive.fill(0xff, at, at + length)
        archive[at] = first
        seal(archive)
        await expect(bytes(archive)).rejects.toThrow('invalid header')
      }
    }
    await expect(apply([{ name: 'a', uid: 2 ** 32 }])).rejects.toThrow('invalid header')
    const { root } = await apply([{ name: 'a', uid: 2 ** 32 - 2, gid: 2 ** 21 + 1 }])
    expect([statSync(join(root, 'a')).uid, statSync(join(root, 'a')).gid]).toEqual([2 ** 32 - 2, 2 ** 21 + 1])
  })

  test('A16 times before 1970, of the year 9999 and of nanoseconds are kept or clamped', async () => {
    const times = [-1_000_000_001n, 253_402_300_799_000_000_000n, 1_700_000_000_123_456_789n, 2n ** 70n]
    const { root } = await apply(times.map((modifiedAt, at) => ({ name: `f${at}`, modifiedAt })))
    const told = times.map((_, at) => statSync(join(root, `f${at}`), { bigint: true }).mtimeNs)
    expect([told[0], told[2]]).toEqual([times[0], times[2]])
    expect(told[1]).toBeGreaterThan(4_000_000_000_000_000_000n)
  })

  test('A17 sparse files are unpacked with their holes, unknown kinds are refused', async () => {
    const source = bench.make('source')
    execFileSync('truncate', ['-s', '1M', join(source, 'sparse')])
    execFileSync('sh', [
      '-c',
      `printf data | dd of=${join(source, 'sparse')} bs=1 seek=500000 conv=notrunc status=none`,
    ])
    for (const words of [['gnu'], ['pax', '--sparse-version=0.0'], ['pax', '--sparse-version=0.1'], ['pax']]) {
      const [format = '', ...more] = words
      const archive = execFileSync('tar', [`--format=${format}`, ...more, '-S', '-C', source, '-cf', '-', 'sparse'])
      const done = join(await bytes(archive), 'sparse')
      expect(readFileSync(done).equals(readFileSync(join(source, 'sparse')))).toBe(true)
      expect(statSync(done).blocks).toBeLessThanOrEqual(16)
    }
    const strange = makeTar([{ name: 'a' }])
    strange[156] = 'V'.charCodeAt(0)
    seal(strange)
    await expect(bytes(strange)).rejects.toThrow('unsupported type')
  })

  test('A18 an archive that is cut anywhere is an error that says where', async () => {
    const entries: SampleEntry[] = [
      { name: 'a', content: Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * at * 31) % 251)) },
      { name: 'long'.repeat(40), content: 'b' },
    ]
    const archive = makeTar(entries)
    const packed = { none: archive, gzip: gzipSync(archive), zstd: zstdCompressSync(archive) }
    for (const [compression, whole] of Object.entries(packed)) {
      const end = compression === 'none' ? whole.length - 1024 : whole.length - 1
      for (let length = 0; length <= end; length += 512) {
        await expect(
          bytes(whole.subarray(0, length), { compression: compression as keyof typeof packed }),
          `${compression} cut at ${length}`,
        ).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED', message: expect.stringMatching(/at byte \d+/) })
      }
    }
  })

  test('A19 some zeros after the end are no error, without end they are, and what follows gzip is refused', async () => {
    await bytes(Buffer.concat([makeTar([{ name: 'a' }]), Buffer.alloc(100_000)]))
    await expect(bytes(makeTar([{ name: 'a' }]), { limits: { trailingBytes: 100 } })).rejects.toMatchObject({
      code: 'ARCHIVE_LIMIT',
    })
    const packed = gzipSync(makeTar([{ name: 'a' }]))
    await bytes(Buffer.concat([packed, Buffer.alloc(5000)]), { compression: 'gzip' })
    for (const tail of [Buffer.from('garbage'), Buffer.concat([Buffer.alloc(500), Buffer.from('x')])]) {
      const archive = Buffer.concat([packed, tail])
      await expect(bytes(archive, { compression: 'gzip' })).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    }
  })

  test('A20 what unfolds out of all proportion stops at the limit', async () => {
    const zeros = makeTar([{ name: 'zeros', content: Buffer.alloc(2 ** 24) }])
    for (const [compression, archive] of [
      ['gzip', gzipSync(zeros)],
      ['zstd', zstdCompressSync(zeros)],
    ] as const) {
      const { request, root } = open()
      const expansion = { from: 2 ** 20, times: 200 }
      const applying = applyLayer({ ...request, compression, expansion }, inPieces(archive))
      await expect(applying).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
      expect(statSync(join(root, 'zeros')).size).toBeLessThan(2 ** 22)
    }
    await expect(bytes(zeros, { limits: { bytes: 2 ** 20 } })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
  })

  test('A21 all members and frames are read, and a window beyond the limit is refused', async () => {
    const archive = makeTar([{ name: 'a', content: 'x'.repeat(9000) }, { name: 'b' }])
    const pieces = [archive.subarray(0, 1), archive.subarray(1, 5000), archive.subarray(5000)]
    const skippable = Buffer.concat([Buffer.from('502a4d1805000000', 'hex'), Buffer.from('notes')])
    const zstd = Buffer.concat([skippable, ...pieces.map((each) => zstdCompressSync(each)), skippable])
    for (const [compression, whole] of [
      ['gzip', Buffer.concat(pieces.map((each) => gzipSync(each)))],
      ['zstd', zstd],
    ] as const) {
      expect(readdirSync(await bytes(whole, { compression })).sort()).toEqual(['a', 'b'])
    }
    // A frame that asks for 2 GiB: magic, no single segment, window descriptor 21 << 3.
    const wide = Buffer.concat([Buffer.from('28b52ffd00a8', 'hex'), Buffer.alloc(50)])
    await expect(bytes(wide, { compression: 'zstd' })).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    expect(constants.ZSTD_d_windowLogMax).toBeDefined()
  })

  test('A22 too many entries, too many folders, and folders without end are refused', async () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ name: `f${at}` }))
    await expect(apply(many, undefined, { entries: 299 })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
    const deep = { name: `${'d/'.repeat(1000)}f` }
    await expect(apply([deep], undefined, { entries: 500 })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
    await expect(apply([{ name: 'd/'.repeat(100_000) }])).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    // Links into the depth go on where one path ends.
    const ladder: SampleEntry[] = []
    for (let at = 0; at < 30; at++) {
      const from = at === 0 ? '' : `l${at - 1}/`
      ladder.push({ name: `${from}${'d/'.repeat(1500)}`, type: 'directory' })
      ladder.push({ name: `l${at}`, type: 'symlink', linkName: `${from}${'d/'.repeat(1500)}` })
    }
    await expect(apply(ladder)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  })

  test('A24 of two entries of one name the last wins, names that differ in case are two, and the digest is settled', async () => {
    const pack = async (root: string) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of writeLayer({ form: 'plain', root })) chunks.push(chunk)
      return Buffer.concat(chunks)
    }
    const entries: SampleEntry[] = [
      { name: 'a/f', content: 'first', mode: 0o777 },
      { name: 'A/f', content: 'upper' },
      { name: './a//f', content: 'last', mode: 0o600 },
      { name: 'a/', type: 'directory' },
      { name: 'A/', type: 'directory' },
    ]
    const { root } = await apply(entries)
    expect([read(root, 'a/f'), read(root, 'A/f'), statSync(join(root, 'a/f')).mode & 0o777]).toEqual([
      'last',
      'upper',
      0o600,
    ])
    const again = await apply(entries)
    expect((await pack(again.root)).equals(await pack(root))).toBe(true)
  })
})

function seal(archive: Buffer): void {
  archive.fill(0x20, 148, 156)
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
