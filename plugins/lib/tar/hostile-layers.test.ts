import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { getXattrAt, listXattrsAt } from '@moby/lib-linux/files'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApplyRequest } from './index.ts'
import type { SampleEntry } from './testing/make-tar.ts'
import { UnpackBench, unpackForms, type Lower } from './testing/unpack-bench.ts'

// The list of archives that have broken container engines, by number, each in every way that a layer is unpacked:
// where their entries land.

let bench: UnpackBench
beforeEach(() => {
  bench = new UnpackBench()
})
afterEach(() => bench.close())

const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex')

describe.each(unpackForms)('unpacked %s', (form) => {
  const apply = (entries: readonly SampleEntry[], lower?: Lower, limits: ApplyRequest['limits'] = {}) =>
    bench.apply(form, entries, lower, limits)
  const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8')

  test('A1 an absolute name lands inside the root', async () => {
    const { root } = await apply([{ name: join(bench.host, 'x'), content: 'x' }])
    expect(read(root, join(bench.host, 'x'))).toBe('x')
  })

  test('A2 a name with dots that leave the root is refused', async () => {
    for (const name of ['../../host/x', 'a/../../host/x', '/../x', 'a/b/../../../x']) {
      await expect(apply([{ name }])).rejects.toMatchObject({ code: 'ARCHIVE_ESCAPES' })
    }
  })

  test('A3 a file below a symbolic link of the same layer lands inside the root', async () => {
    for (const linkName of [bench.host, `../../../../../../../..${bench.host}`]) {
      const { root } = await apply([
        { name: 'd', type: 'symlink', linkName },
        { name: 'd/f', content: 'x' },
      ])
      expect(read(root, join(bench.host, 'f'))).toBe('x')
    }
  })

  test('A4 a file below a symbolic link of a lower layer lands inside the root or is refused', async () => {
    const lower: Lower = (root) => symlinkSync(bench.host, join(root, 'etc'))
    try {
      const { root } = await apply([{ name: 'etc/f', content: 'x' }, { name: 'etc/.wh.secret' }], lower)
      expect(read(root, join(bench.host, 'f'))).toBe('x')
    } catch (error) {
      expect(error).toMatchObject({ code: 'NOT_SUPPORTED' })
    }
  })

  test('A5 a hard link to something outside is refused', async () => {
    const link = (linkName: string): SampleEntry => ({ name: 'l', type: 'hard-link', linkName })
    await expect(apply([link('../host/secret')])).rejects.toMatchObject({ code: 'ARCHIVE_ESCAPES' })
    await expect(apply([link(join(bench.host, 'secret'))])).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    const folderLink: SampleEntry = { name: 'd', type: 'symlink', linkName: bench.host }
    await expect(apply([folderLink, link('d/secret')])).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  })

  test('A6 a hard link and then its own entry or another mode change nothing outside', async () => {
    await expect(
      apply([
        { name: 'd', type: 'symlink', linkName: bench.host },
        { name: 'l', type: 'hard-link', linkName: 'd/secret' },
        { name: 'l', mode: 0o777, content: 'evil' },
      ]),
    ).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    const { root } = await apply([
      { name: 'l', type: 'symlink', linkName: join(bench.host, 'secret') },
      { name: 'h', type: 'hard-link', linkName: 'l' },
      { name: 'h', mode: 0o777, content: 'own' },
    ])
    expect(read(root, 'h')).toBe('own')
  })

  test('A7 a whiteout of nothing, of its folder or of what is above is refused', async () => {
    for (const name of ['.wh.', '.wh..', '.wh...', 'etc/.wh.', 'etc/.wh..', 'etc/.wh...']) {
      await expect(apply([{ name }]), name).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    }
  })

  test('A8 a whiteout behind a symbolic link stays inside the root', async () => {
    await apply([{ name: 'd', type: 'symlink', linkName: '../..' }, { name: 'd/.wh.host' }, { name: 'd/.wh..wh..opq' }])
    await apply([{ name: 'd', type: 'symlink', linkName: bench.host }, { name: 'd/.wh.secret' }])
  })

  test('A8 a whiteout behind a symbolic link that leads to itself is refused', async () => {
    const link: SampleEntry = { name: 'b', type: 'symlink', linkName: '/b' }
    for (const name of ['b/a/.wh.a', 'b/.wh..wh..opq']) {
      await expect(apply([link, { name }]), name).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    }
  })

  test('A9 an opaque folder keeps what its own layer puts there, before or after', async () => {
    const { root } = await apply(
      [
        { name: 'd/before', content: '1' },
        { name: 'd/.wh..wh..opq' },
        { name: 'd/after', content: '2' },
        { name: 'd/sub/deep', content: '3' },
      ],
      (base) => {
        mkdirSync(join(base, 'd/sub'), { recursive: true })
        writeFileSync(join(base, 'd/sub/gone'), 'x')
        writeFileSync(join(base, 'd/gone'), 'x')
      },
    )
    expect(readdirSync(join(root, 'd')).sort()).toEqual(['after', 'before', 'sub'])
    expect(readdirSync(join(root, 'd/sub'))).toEqual(['deep'])
  })

  test('A10 a whiteout of what is not there is no error and leaves nothing', async () => {
    const { root } = await apply([{ name: '.wh.nope' }, { name: 'no/such/.wh.nope' }, { name: 'none/.wh..wh..opq' }])
    expect(readdirSync(root)).toEqual([])
  })

  test('A11 another kind of file takes the place of the one before, and folders are merged', async () => {
    const { root } = await apply(
      [
        { name: 'folder', content: 'file now' },
        { name: 'file/', type: 'directory', mode: 0o711 },
        { name: 'link/', type: 'directory' },
        { name: 'link/in', content: 'in' },
        { name: 'merged/', type: 'directory', mode: 0o2750, uid: 7 },
        { name: 'merged/new', content: 'new' },
      ],
      (base) => {
        mkdirSync(join(base, 'folder'))
        writeFileSync(join(base, 'folder/x'), 'x')
        writeFileSync(join(base, 'file'), 'x')
        symlinkSync(bench.host, join(base, 'link'))
        mkdirSync(join(base, 'merged'))
      },
    )
    expect(read(root, 'folder')).toBe('file now')
    expect(statSync(join(root, 'file')).mode & 0o7777).toBe(0o711)
    expect(lstatSync(join(root, 'link')).isDirectory()).toBe(true)
    expect(statSync(join(root, 'merged')).mode & 0o7777).toBe(0o2750)
    expect(statSync(join(root, 'merged')).uid).toBe(7)
  })

  test('A12 devices and pipes are made and never opened, a whiteout of overlayfs is refused', async () => {
    const { root } = await apply([
      { name: 'null', type: 'character', major: 1, minor: 3, mode: 0o666 },
      { name: 'disk', type: 'block', major: 259, minor: 70_000 },
      { name: 'pipe', type: 'fifo' },
      { name: 'pipe-again', type: 'hard-link', linkName: 'pipe' },
      { name: 'pipe', content: 'a file in its place' },
    ])
    expect(statSync(join(root, 'null')).rdev).toBe(0x103)
    expect(lstatSync(join(root, 'disk')).isBlockDevice()).toBe(true)
    expect(lstatSync(join(root, 'pipe-again')).isFIFO()).toBe(true)
    expect(read(root, 'pipe')).toBe('a file in its place')
    await expect(apply([{ name: 'w', type: 'character' }])).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  })

  test('A13 capabilities and setuid outlast the change of owner, marks of overlayfs are stripped', async () => {
    const xattrs = {
      'security.capability': capability.toString('latin1'),
      'user.note': 'n',
      'trusted.overlay.redirect': '/',
      'trusted.overlay.opaque': 'y',
      'user.overlay.opaque': 'y',
    }
    const { root } = await apply([
      { name: 'tool', mode: 0o6755, uid: 3, gid: 4, content: 'x', xattrs },
      { name: 'd/', type: 'directory', xattrs: { 'trusted.overlay.metacopy': 'y' } },
    ])
    const status = statSync(join(root, 'tool'))
    expect([status.mode & 0o7777, status.uid, status.gid]).toEqual([0o6755, 3, 4])
    const descriptor = openSync(root, 'r')
    try {
      expect(listXattrsAt(descriptor, 'tool').sort()).toEqual(['security.capability', 'user.note'])
      expect(Buffer.from(getXattrAt(descriptor, 'tool', 'security.capability') ?? [])).toEqual(capability)
      expect(listXattrsAt(descriptor, 'd').filter((name) => name.includes('overlay'))).toEqual([])
    } finally {
      closeSync(descriptor)
    }
  })
})
