import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyLayer } from './apply-layer.ts'
import { inPieces, makeTar, type SampleEntry } from './testing/make-tar.ts'
import { isOpaque } from './tree/overlay-marks.ts'
import { writeLayer } from './trees.ts'

let folder = ''
let root = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tar-'))
  root = join(folder, 'root')
  mkdirSync(root)
  mkdirSync(join(folder, 'host'))
  writeFileSync(join(folder, 'host/secret'), 'secret', { mode: 0o600 })
})

afterEach(() => {
  // Whatever an archive held, nothing beside its root was touched.
  expect(readdirSync(folder).sort()).toEqual(['host', 'root'])
  expect(readdirSync(join(folder, 'host'))).toEqual(['secret'])
  expect(readFileSync(join(folder, 'host/secret'), 'utf8')).toBe('secret')
  expect(statSync(join(folder, 'host/secret')).mode & 0o777).toBe(0o600)
  rmSync(folder, { recursive: true, force: true })
})

const apply = async (entries: readonly SampleEntry[], limits = {}) =>
  await applyLayer({ root, limits }, inPieces(makeTar(entries)))
const applyBytes = async (bytes: Uint8Array) => await applyLayer({ root }, inPieces(bytes, 700))
const host = () => join(folder, 'host')

describe('an archive that reaches out', () => {
  test.each<[string, () => SampleEntry[], string]>([
    ['dots', () => [{ name: '../host/x' }], 'ARCHIVE_ESCAPES'],
    ['dots in the middle', () => [{ name: 'a/../../host/x' }], 'ARCHIVE_ESCAPES'],
    ['a hard link outside', () => [{ name: 'l', type: 'hard-link', linkName: '../host/secret' }], 'ARCHIVE_ESCAPES'],
    [
      'an absolute hard link',
      () => [{ name: 'l', type: 'hard-link', linkName: join(host(), 'secret') }],
      'ARCHIVE_INVALID',
    ],
    [
      'a hard link through a symbolic link',
      () => [
        { name: 'd', type: 'symlink', linkName: host() },
        { name: 'l', type: 'hard-link', linkName: 'd/secret' },
      ],
      'ARCHIVE_INVALID',
    ],
    [
      'a hard link to itself',
      () => [{ name: 'a' }, { name: 'a', type: 'hard-link', linkName: 'a' }],
      'ARCHIVE_INVALID',
    ],
    ['a whiteout of nothing', () => [{ name: '.wh.' }], 'ARCHIVE_INVALID'],
    ['a whiteout of the folder', () => [{ name: 'etc/.wh..' }], 'ARCHIVE_INVALID'],
    ['a whiteout of the parent', () => [{ name: '.wh...' }], 'ARCHIVE_INVALID'],
    ['a file inside a whiteout', () => [{ name: '.wh.a/b' }], 'ARCHIVE_INVALID'],
    ['a file as root', () => [{ name: './', type: 'symlink', linkName: host() }], 'ARCHIVE_INVALID'],
    ['a whiteout of overlayfs', () => [{ name: 'w', type: 'character' }], 'ARCHIVE_INVALID'],
    ['a file below a file', () => [{ name: 'a' }, { name: 'a/b' }], 'ARCHIVE_INVALID'],
    ['a loop of links', () => [{ name: 'a', type: 'symlink', linkName: 'a' }, { name: 'a/b' }], 'ARCHIVE_INVALID'],
    ['a long component', () => [{ name: 'x'.repeat(256) }], 'ARCHIVE_INVALID'],
    ['a long path', () => [{ name: 'd/'.repeat(2100) + 'x' }], 'ARCHIVE_INVALID'],
    ['a zero byte', () => [{ name: 'a\0b'.padEnd(120, 'x') }], 'ARCHIVE_INVALID'],
  ])('with %s is refused', async (_, entries, code) => {
    await expect(apply(entries())).rejects.toMatchObject({ code })
  })

  test('lands inside the root by an absolute name', async () => {
    await apply([{ name: join(host(), 'x'), content: 'x' }])
    expect(readFileSync(join(root, host(), 'x'), 'utf8')).toBe('x')
  })

  test('lands inside the root through symbolic links, absolute or upwards', async () => {
    await apply([
      { name: 'd', type: 'symlink', linkName: host() },
      { name: 'd/f', content: '1' },
      { name: 'u', type: 'symlink', linkName: '../../../..' },
      { name: 'u/g', content: '2' },
      { name: 'u/.wh.secret' },
    ])
    expect(readFileSync(join(root, host(), 'f'), 'utf8')).toBe('1')
    expect(readFileSync(join(root, 'g'), 'utf8')).toBe('2')
  })

  test('cannot use what a lower layer had as a link', async () => {
    symlinkSync(host(), join(root, 'etc'))
    await apply([{ name: 'etc/f', content: 'x' }, { name: 'etc/.wh.secret' }])
    expect(readFileSync(join(root, host(), 'f'), 'utf8')).toBe('x')
  })

  test('cannot change a file of the host through a hard link and its own entry', async () => {
    await expect(
      apply([
        { name: 'l', type: 'hard-link', linkName: host() },
        { name: 'l', mode: 0o777, content: 'evil' },
      ]),
    ).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  })
})

describe('entries of one layer', () => {
  test('replace one another by the rules of the specification', async () => {
    await apply([
      { name: 'a', content: '1' },
      { name: 'a', content: '22', mode: 0o600 },
      { name: 'd/', type: 'directory' },
      { name: 'd/x', content: 'x' },
      { name: 'd', content: 'now a file' },
      { name: 'e', content: 'file' },
      { name: 'e/', type: 'directory', mode: 0o700 },
      { name: 'e/in', content: 'in' },
      { name: 's', type: 'symlink', linkName: 'e' },
      { name: 's/', type: 'directory' },
      { name: 'k/', type: 'directory', mode: 0o700 },
      { name: 'k/keep', content: 'k' },
      { name: 'k/', type: 'directory', mode: 0o755, uid: 5 },
    ])
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('22')
    expect(readFileSync(join(root, 'd'), 'utf8')).toBe('now a file')
    expect(readdirSync(join(root, 'e'))).toEqual(['in'])
    expect(lstatSync(join(root, 's')).isDirectory()).toBe(true)
    expect(readdirSync(join(root, 'k'))).toEqual(['keep'])
    const { mode, uid } = statSync(join(root, 'k'))
    expect([mode & 0o777, uid]).toEqual([0o755, 5])
  })

  test('keep owner, mode, times and attributes, with capabilities after the owner', async () => {
    const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex').toString('latin1')
    await applyLayer(
      { root },
      inPieces(
        makeTar([
          { name: 'dir/', type: 'directory', mode: 0o2755, modifiedAt: 1_000_000_000_000_000_001n },
          { name: 'dir/suid', mode: 0o4755, uid: 1, gid: 2, content: 'x', modifiedAt: 1_600_000_000_123_456_789n },
          { name: 'dir/old', modifiedAt: -1_000_000_000n },
          { name: 'cap', uid: 3, xattrs: { 'security.capability': capability, 'user.note': 'n', 'user.empty': '' } },
          {
            name: 'evil/',
            type: 'directory',
            xattrs: { 'trusted.overlay.opaque': 'y', 'trusted.overlay.redirect': '/' },
          },
          { name: 'null', type: 'character', major: 1, minor: 3, mode: 0o666 },
          { name: 'pipe', type: 'fifo', mode: 0o600 },
          { name: 'link', type: 'symlink', linkName: '/nowhere', uid: 9 },
        ]),
      ),
    )
    const suid = statSync(join(root, 'dir/suid'), { bigint: true })
    expect([suid.mode & 0o7777n, suid.uid, suid.gid, suid.mtimeNs]).toEqual([
      0o4755n,
      1n,
      2n,
      1_600_000_000_123_456_789n,
    ])
    expect(statSync(join(root, 'dir'), { bigint: true }).mtimeNs).toBe(1_000_000_000_000_000_001n)
    expect(statSync(join(root, 'dir'), { bigint: true }).mode & 0o7777n).toBe(0o2755n)
    expect(statSync(join(root, 'dir/old')).mtimeMs).toBe(-1000)
    expect(lstatSync(join(root, 'link')).uid).toBe(9)
    expect(statSync(join(root, 'null')).rdev).toBe(0x103)
    expect(statSync(join(root, 'pipe')).isFIFO()).toBe(true)
    const packed: Uint8Array[] = []
    for await (const chunk of writeLayer({ form: 'plain', root })) packed.push(chunk)
    const text = Buffer.concat(packed).toString('latin1')
    expect(text).toContain('SCHILY.xattr.security.capability=')
    expect(text).toContain('SCHILY.xattr.user.empty=\n')
    expect(text).not.toContain('overlay')
  })

  test('may be hard links of one another', async () => {
    await apply([
      { name: 'a/b', content: 'x' },
      { name: 'c', type: 'hard-link', linkName: './a/b' },
    ])
    expect(statSync(join(root, 'c')).nlink).toBe(2)
  })
})

describe('an archive of another making', () => {
  test('is unpacked as GNU tar does it, with long names and links', async () => {
    const source = join(folder, 'root/source')
    const deep = join(source, 'deep-'.repeat(30), 'folder-'.repeat(30))
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(deep, 'file-'.repeat(40)), 'long')
    symlinkSync('target-'.repeat(30), join(source, 'link'))
    chmodSync(source, 0o750)
    for (const format of ['gnu', 'pax']) {
      const bytes = execFileSync('tar', [`--format=${format}`, '-C', source, '-cf', '-', '.'])
      const target = join(root, format)
      mkdirSync(target)
      const { diffId } = await applyLayer({ root: target }, inPieces(bytes, 333))
      expect(diffId).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
      execFileSync('diff', ['-r', '--no-dereference', source, target])
      expect(readlinkSync(join(target, 'link'))).toBe('target-'.repeat(30))
      expect(statSync(target).mode & 0o777).toBe(0o750)
    }
  })

  test('with names that are no UTF-8 keeps their bytes', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9, 0x0a])]), 'x')
    const bytes = execFileSync('tar', ['-C', root, '-cf', '-', '.'])
    mkdirSync(join(root, 'out'))
    await applyLayer({ root: join(root, 'out') }, inPieces(bytes))
    expect(readdirSync(join(root, 'out'), { encoding: 'latin1' })).toEqual(['caf\xe9\n'])
  })
})

describe('an archive that is too much', () => {
  test('of entries or bytes is refused', async () => {
    await expect(apply([{ name: 'a' }, { name: 'b' }], { entries: 1 })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
    await expect(apply([{ name: 'a', content: 'xxx' }], { bytes: 2 })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
  })

  test('of zeros after its end is refused, and some are not', async () => {
    await applyBytes(Buffer.concat([makeTar([{ name: 'a' }]), Buffer.alloc(100_000)]))
    const endless = async function* () {
      yield makeTar([{ name: 'b' }])
      for (;;) yield Buffer.alloc(1 << 20)
    }
    await expect(applyLayer({ root }, endless())).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
  })

  test.each([
    ['size', 124, 12],
    ['uid', 108, 8],
  ])('with a %s beyond all bounds is refused', async (_, at, length) => {
    const bytes = makeTar([{ name: 'a' }])
    bytes.fill(0xff, at, at + length)
    bytes[at] = 0x80
    bytes.fill(0x20, 148, 156)
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    await expect(applyBytes(bytes)).rejects.toThrow('invalid header')
  })
})

describe('an upper folder of an overlay', () => {
  test('marks what is gone, copies up the folders that it needs, and keeps what is its own', async () => {
    const base = join(root, 'base')
    const upper = join(root, 'upper')
    for (const path of [`${base}/a/deep`, `${base}/b`, `${base}/c`, upper]) mkdirSync(path, { recursive: true })
    chmodSync(`${base}/a`, 0o2711)
    for (const path of ['a/deep/x', 'a/y', 'b/z', 'c/w']) writeFileSync(join(base, path), path)
    symlinkSync('/a/deep', `${base}/link`)
    await applyLayer(
      { root: upper, base },
      inPieces(
        makeTar([
          { name: 'a/.wh.y' },
          { name: 'a/.wh.none' },
          { name: 'link/new', content: 'n' },
          { name: '.wh.b' },
          { name: 'b/', type: 'directory' },
          { name: 'c/own', content: 'own' },
          { name: '.wh..wh..opq' },
        ]),
      ),
    )
    expect(statSync(`${upper}/a`).mode & 0o7777).toBe(0o2711)
    expect(lstatSync(`${upper}/a/y`).isCharacterDevice()).toBe(true)
    expect(existsSync(`${upper}/a/none`)).toBe(false)
    expect(readFileSync(`${upper}/a/deep/new`, 'utf8')).toBe('n')
    expect(lstatSync(`${upper}/link`).isCharacterDevice()).toBe(true)
    expect(readdirSync(`${upper}/b`)).toEqual([])
    for (const name of ['a', 'b', 'c']) {
      const descriptor = openSync(join(upper, name), 'r')
      expect(isOpaque(descriptor)).toBe(true)
      closeSync(descriptor)
    }
  })
})

test('an archive of no bytes is a layer that changes nothing where its compression says that it is whole', async () => {
  const apply = async (bytes: Uint8Array, compression: 'none' | 'gzip' | 'zstd') =>
    await applyLayer({ root, compression }, inPieces(bytes))
  const empty = `sha256:${createHash('sha256').digest('hex')}`
  for (const [compression, bytes] of [
    ['gzip', gzipSync('')],
    ['zstd', zstdCompressSync('')],
  ] as const) {
    expect(await apply(bytes, compression)).toMatchObject({ diffId: empty, size: 0 })
    await expect(apply(bytes.subarray(0, -1), compression)).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
  }
  await expect(apply(new Uint8Array(0), 'none')).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
})
