import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  linkSync,
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
import { mountAll, mountIdOf, mountsBelow, openFlags, renameAt, unmount } from '@moby/lib-linux'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { extractArchive, openView, packPath, TarReader, type ExtractTarget, type TarEntry } from './index.ts'
import { inPieces, makeTar, type SampleEntry } from './testing/make-tar.ts'

let base: string
let inside: string
const open: number[] = []
const folder = (path: string) => {
  const descriptor = openSync(path, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
  open.push(descriptor)
  return descriptor
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'copies-'))
  inside = join(base, 'root')
  mkdirSync(inside)
  writeFileSync(join(base, 'secret'), 'outside')
})
afterEach(() => {
  for (const descriptor of open.splice(0)) closeSync(descriptor)
  rmSync(base, { recursive: true, force: true })
})

const extract = async (entries: readonly SampleEntry[] | Uint8Array, more: Partial<ExtractTarget> = {}) => {
  const bytes = entries instanceof Uint8Array ? entries : makeTar(entries)
  await extractArchive({ folder: folder(inside), ...more }, inPieces(bytes, 1000))
}

async function pack(path: string): Promise<{ entries: TarEntry[]; content: string }> {
  const reader = new TarReader()
  const entries: TarEntry[] = []
  let content = ''
  for await (const piece of packPath({ root: folder(inside), path })) {
    for (const event of reader.push(piece)) {
      if (event instanceof Uint8Array) content += Buffer.from(event).toString()
      else if ('name' in event) entries.push(event)
    }
  }
  reader.finish()
  return { entries, content }
}
const namesOf = async (path: string) => (await pack(path)).entries.map(({ name }) => name)

describe('an archive that is unpacked into a folder in use', () => {
  it('fills folders, replaces what is otherwise, and keeps what it does not name', async () => {
    mkdirSync(join(inside, 'dir'))
    writeFileSync(join(inside, 'dir/kept'), 'kept')
    writeFileSync(join(inside, 'file'), 'old')
    mkdirSync(join(inside, 'folder/deep'), { recursive: true })
    await extract([
      { name: 'dir/', type: 'directory', mode: 0o711, uid: 5, gid: 6, modifiedAt: 1_000_000_000_500_000_000n },
      { name: 'dir/new', content: 'new', mode: 0o4755, uid: 7, gid: 8 },
      { name: 'dir/second', type: 'hard-link', linkName: 'dir/new' },
      { name: 'file', content: 'fresh', xattrs: { 'user.a': 'b' } },
      { name: 'folder', content: 'now a file' },
      { name: 'made/on/the/way', content: 'x' },
      { name: 'pipe', type: 'fifo' },
      { name: 'null', type: 'character', major: 1, minor: 3 },
      { name: 'link', type: 'symlink', linkName: '../../secret' },
      { name: '.wh.file', content: 'no whiteout' },
    ])
    const status = statSync(join(inside, 'dir/new'))
    expect([status.mode & 0o7777, status.uid, status.gid, status.nlink]).toEqual([0o4755, 7, 8, 2])
    const dir = statSync(join(inside, 'dir'), { bigint: true })
    expect([dir.mode & 0o7777n, dir.uid, dir.mtimeNs]).toEqual([0o711n, 5n, 1_000_000_000_500_000_000n])
    expect(readdirSync(join(inside, 'dir'))).toEqual(['kept', 'new', 'second'])
    expect(readFileSync(join(inside, 'file'), 'utf8')).toBe('fresh')
    expect(readFileSync(join(inside, 'folder'), 'utf8')).toBe('now a file')
    expect(readFileSync(join(inside, 'made/on/the/way'), 'utf8')).toBe('x')
    expect(readFileSync(join(inside, '.wh.file'), 'utf8')).toBe('no whiteout')
    expect(lstatSync(join(inside, 'null')).isCharacterDevice()).toBe(true)
    expect(lstatSync(join(inside, 'pipe')).isFIFO()).toBe(true)
    expect(readlinkSync(join(inside, 'link'))).toBe('../../secret')
  })

  it('belongs to the owner that is asked for, but for folders that the archive does not name', async () => {
    await extract([{ name: 'a/b', content: 'x', uid: 9, gid: 9, mode: 0o2755 }], { owner: { uid: 3, gid: 4 } })
    const [made, file] = [statSync(join(inside, 'a')), statSync(join(inside, 'a/b'))]
    expect([made.uid, file.uid, file.gid, file.mode & 0o7777]).toEqual([0, 3, 4, 0o2755])
  })

  it('puts no folder in the place of a file and no file in that of a folder where kinds are kept', async () => {
    mkdirSync(join(inside, 'dir'))
    writeFileSync(join(inside, 'file'), '')
    const kept = { keepKinds: true }
    await expect(extract([{ name: 'dir', content: 'x' }], kept)).rejects.toThrow(
      'cannot overwrite directory "dir" with non-directory',
    )
    await expect(extract([{ name: 'file/', type: 'directory' }], kept)).rejects.toThrow(
      'cannot overwrite non-directory "file/" with directory',
    )
    expect(statSync(join(inside, 'dir')).isDirectory()).toBe(true)
  })

  const hostile: readonly (readonly [string, readonly SampleEntry[], string])[] = [
    ['a name that climbs', [{ name: '../secret', content: 'x' }], 'ARCHIVE_ESCAPES'],
    ['a hard link that climbs', [{ name: 'h', type: 'hard-link', linkName: '../secret' }], 'ARCHIVE_ESCAPES'],
    ['a hard link by an absolute name', [{ name: 'h', type: 'hard-link', linkName: '/etc/passwd' }], 'ARCHIVE_INVALID'],
    [
      'a hard link through a symbolic one',
      [
        { name: 's', type: 'symlink', linkName: '..' },
        { name: 'h', type: 'hard-link', linkName: 's/secret' },
      ],
      'ARCHIVE_INVALID',
    ],
    [
      'a file below a file',
      [
        { name: 'f', content: '' },
        { name: 'f/g', content: '' },
      ],
      'ARCHIVE_INVALID',
    ],
    ['a file in place of the folder itself', [{ name: '.', content: 'x' }], 'ARCHIVE_INVALID'],
  ]
  it.each(hostile)('refuses %s', async (_what, entries, code) => {
    await expect(extract(entries)).rejects.toMatchObject({ code })
    expect(readFileSync(join(base, 'secret'), 'utf8')).toBe('outside')
    expect(lstatSync(join(base, 'secret')).nlink).toBe(1)
  })

  it('follows symbolic links on the way no further than the folder, those of the archive and those that are there', async () => {
    symlinkSync('/', join(inside, 'abs'))
    await extract([
      { name: 'up', type: 'symlink', linkName: '../..' },
      { name: 'up/secret', content: 'inside' },
      { name: 'abs/other', content: 'inside too' },
    ])
    expect(readFileSync(join(inside, 'secret'), 'utf8')).toBe('inside')
    expect(readFileSync(join(inside, 'other'), 'utf8')).toBe('inside too')
    expect(readFileSync(join(base, 'secret'), 'utf8')).toBe('outside')
  })

  it('C20: writes nothing outside while somebody swaps a folder for a symbolic link', async () => {
    const outside = join(base, 'outside')
    mkdirSync(outside)
    mkdirSync(join(inside, 'd'))
    symlinkSync('../outside', join(inside, 'l'))
    const entries = Array.from({ length: 300 }, (_, at) => ({ name: `d/${at}`, content: 'x', mode: 0o777 }))
    const over = new AbortController()
    const parent = folder(inside)
    const swapper = (async () => {
      while (!over.signal.aborted) {
        renameAt(parent, 'd', parent, 'l', 'exchange')
        await new Promise(setImmediate)
      }
    })()
    // What comes while the name is a link fails, and that is all that may happen.
    for (let round = 0; round < 5; round += 1) await extract(entries).catch(() => undefined)
    over.abort()
    await swapper
    expect(readdirSync(outside)).toEqual([])
  })

  it('is read plain, by gzip and by zstd, and xz is refused by name without any program being run (C19)', async () => {
    const plain = makeTar([{ name: 'f', content: 'x' }])
    for (const bytes of [plain, gzipSync(plain), zstdCompressSync(plain)]) {
      await extract(bytes)
      expect(readFileSync(join(inside, 'f'), 'utf8')).toBe('x')
      rmSync(join(inside, 'f'))
    }
    const xz = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), plain])
    await expect(extract(xz)).rejects.toMatchObject({ code: 'NOT_SUPPORTED', message: expect.stringContaining('xz') })
  })

  it('may end without an end mark after a whole entry, and nowhere else', async () => {
    const whole = makeTar([{ name: 'f', content: 'x' }], { ended: false })
    await extract(whole)
    await extract(new Uint8Array(0))
    expect(readFileSync(join(inside, 'f'), 'utf8')).toBe('x')
    await expect(extract(whole.subarray(0, 300))).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
    await expect(extract(whole.subarray(0, 512))).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
  })
})

describe('a path that is packed', () => {
  beforeEach(() => {
    mkdirSync(join(inside, 'dir/sub'), { recursive: true })
    writeFileSync(join(inside, 'dir/file'), 'content')
    linkSync(join(inside, 'dir/file'), join(inside, 'dir/sub/hard'))
    symlinkSync('/dir', join(inside, 'link'))
    symlinkSync('../../../secret', join(inside, 'out'))
  })

  it('is named by its last part, by the rules of Docker for slash and dot', async () => {
    const below = (name: string) => [`${name}/`, `${name}/file`, `${name}/sub/`, `${name}/sub/hard`]
    expect(await namesOf('/dir')).toEqual(below('dir'))
    expect(await namesOf('/dir/')).toEqual(below('dir'))
    expect(await namesOf('/dir/.')).toEqual(below('.'))
    expect(await namesOf('/link')).toEqual(['link'])
    expect(await namesOf('/link/')).toEqual(below('link'))
    expect(await namesOf('/link/.')).toEqual(below('.'))
    expect(await namesOf('/')).toEqual(['/', ...below('/dir'), '/link', '/out'])
    const { entries, content } = await pack('/link/file')
    expect([entries.map(({ name, type, size }) => [name, type, size]), content]).toEqual([
      [['file', 'file', 7]],
      'content',
    ])
  })

  it('fails when it is not there, and what a link shows outside is not there', async () => {
    await expect(pack('/none/x')).rejects.toMatchObject({ details: { errno: 'ENOENT' } })
    await expect(pack('/out/')).rejects.toMatchObject({ details: { errno: 'ENOENT' } })
    await expect(pack('/dir/file/')).rejects.toMatchObject({ details: { errno: 'ENOTDIR' } })
  })
})

describe('a view of a tree with mounts', () => {
  it('shows them to its holder alone, makes what is missing, and is gone with its descriptors', async () => {
    const [data, at, file] = [join(base, 'data'), join(base, 'at'), join(base, 'secret')]
    mkdirSync(data)
    mkdirSync(at)
    writeFileSync(join(data, 'in-volume'), 'v')
    symlinkSync('/real', join(inside, 'var'))
    mkdirSync(join(inside, 'real'))
    const view = await openView({
      root: [{ type: 'bind', source: inside, options: ['bind'] }],
      at,
      mounts: [
        { source: data, target: '/var/data', readOnly: true, recursive: true },
        { source: file, target: '/etc/hosts', readOnly: false, recursive: false },
      ],
    })
    open.push(view.root, view.namespace)
    const see = (path: string) => `/proc/self/fd/${view.root}/${path}`
    expect(readFileSync(see('real/data/in-volume'), 'utf8')).toBe('v')
    expect(readFileSync(see('etc/hosts'), 'utf8')).toBe('outside')
    expect(() => writeFileSync(see('real/data/x'), '')).toThrow('EROFS')
    const volume = openSync(see('real/data'), 'r')
    open.push(volume)
    expect(view.mounts.map(({ readOnly }) => readOnly)).toEqual([true, false])
    expect([mountIdOf(view.root), mountIdOf(volume)]).toEqual([view.rootId, view.mounts[0]?.id])
    // Neither the host nor the tree itself has them.
    expect(mountsBelow(base)).toEqual([])
    expect(readdirSync(at)).toEqual([])
    expect(readdirSync(join(inside, 'real/data'))).toEqual([])
    for (const descriptor of open.splice(0)) closeSync(descriptor)
    execFileSync('rmdir', [join(inside, 'real/data')])
  })

  it('leaves nothing when a source is not there, and the thread goes on', async () => {
    const at = join(base, 'at')
    mkdirSync(at)
    const root = [{ type: 'bind', source: inside, options: ['bind'] }]
    const count = () => readdirSync('/proc/self/fd').length
    const missing = [{ source: join(base, 'none'), target: '/x', readOnly: false, recursive: false }]
    await expect(openView({ root, at, mounts: missing })).rejects.toThrow('none')
    const before = count()
    await expect(openView({ root, at, mounts: missing })).rejects.toThrow('none')
    expect(count()).toBe(before)
    expect(existsSync(join(inside, 'x'))).toBe(false)
    const view = await openView({ root, at, mounts: [] })
    open.push(view.root, view.namespace)
  })

  it('keeps a volume whose folder an archive would replace by a file', async () => {
    const [data, at] = [join(base, 'data'), join(base, 'at')]
    mkdirSync(data)
    mkdirSync(at)
    writeFileSync(join(data, 'precious'), '')
    const mounts = [{ source: data, target: '/deep/data', readOnly: false, recursive: true }]
    const view = await openView({ root: [{ type: 'bind', source: inside, options: ['bind'] }], at, mounts })
    open.push(view.root, view.namespace)
    const archive = inPieces(makeTar([{ name: 'deep', content: 'x' }]))
    await expect(extractArchive({ folder: view.root }, archive)).rejects.toThrow('mounted')
    expect(readdirSync(data)).toEqual(['precious'])
  })

  it('passes nothing on where its place is on a shared mount', async () => {
    const shared = join(base, 'shared')
    mkdirSync(shared)
    mountAll([{ type: 'tmpfs', source: 'tmpfs', options: ['shared'] }], shared)
    try {
      mkdirSync(join(shared, 'at'))
      const root = [{ type: 'bind', source: inside, options: ['bind'] }]
      const view = await openView({ root, at: join(shared, 'at'), mounts: [] })
      open.push(view.root, view.namespace)
      expect(mountsBelow(shared)).toEqual([shared])
    } finally {
      for (const descriptor of open.splice(0)) closeSync(descriptor)
      unmount(shared, { detach: true })
    }
  })
})
