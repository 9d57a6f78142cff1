import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Implementation, Mount, RunningComponent, storageLayers } from '@moby/contracts'
import { mountAll, mountsBelow, unmount } from '@moby/lib-linux'
import { readTar } from '@moby/lib-tar'
import { inPieces, makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** Opens the driver on a folder; called again, it is what a restart does. */
export type OpenDriver = (folders: { data: string; run: string }) => Promise<RunningComponent>

type Layers = Implementation<typeof storageLayers>

/** What every driver of snapshots must do, with real mounts. Needs root. */
export function testLayers(open: OpenDriver): void {
  let root = ''
  let component: RunningComponent
  let layers: Layers

  const start = async () => {
    component = await open({ data: join(root, 'data'), run: join(root, 'run') })
    layers = component.provides['storage.layers'] as Layers
  }

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'layers-'))
    mkdirSync(join(root, 'data'))
    mkdirSync(join(root, 'run'))
    await start()
  })

  afterEach(async () => {
    for (const point of mountsBelow(root)) unmount(point, { detach: true })
    await component.stop?.('leave-containers')
    rmSync(root, { recursive: true, force: true })
  })

  const layer = async (name: string, parent: string | undefined, entries: readonly SampleEntry[]) => {
    await layers.prepare({ key: `make-${name}`, ...(parent === undefined ? {} : { parent }) })
    const applied = await layers.apply({ key: `make-${name}` }, inPieces(makeTar(entries)))
    await layers.commit({ key: `make-${name}`, name })
    return applied
  }

  const mounted = async <T>(mounts: Mount[], work: (path: string) => T | Promise<T>): Promise<T> => {
    const point = mkdtempSync(join(root, 'mnt-'))
    mountAll(mounts, point)
    try {
      return await work(point)
    } finally {
      unmount(point)
    }
  }

  const tree = (path: string): Record<string, string> => {
    const found: Record<string, string> = {}
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      const full = join(entry.parentPath, entry.name)
      found[full.slice(path.length + 1)] = entry.isFile() ? readFileSync(full, 'utf8') : '/'
    }
    return found
  }

  const view = async (parent: string) => {
    const { mounts } = await layers.view({ key: 'look', parent })
    try {
      return await mounted(mounts, tree)
    } finally {
      await layers.remove({ key: 'look' })
    }
  }

  const collect = async <T>(items: AsyncIterable<T>) => {
    const all: T[] = []
    for await (const item of items) all.push(item)
    return all
  }

  test('layers on one another make one tree, with whiteouts and opaque folders', async () => {
    await layer('one', undefined, [
      { name: 'a/', type: 'directory' },
      { name: 'a/old', content: 'old' },
      { name: 'a/kept', content: 'kept' },
      { name: 'b/', type: 'directory' },
      { name: 'b/gone', content: 'x' },
      { name: 'c', content: 'c' },
    ])
    await layer('two', 'one', [
      { name: 'a/', type: 'directory' },
      { name: 'a/.wh.old' },
      { name: 'b/', type: 'directory' },
      { name: 'b/new', content: 'new' },
      { name: 'b/.wh..wh..opq' },
      { name: '.wh.c' },
      { name: '.wh.nothing' },
    ])
    await layer('three', 'two', [{ name: 'd', content: 'd' }])
    expect(await view('three')).toEqual({ a: '/', 'a/kept': 'kept', b: '/', 'b/new': 'new', d: 'd' })
    expect(await view('one')).toEqual({ a: '/', 'a/old': 'old', 'a/kept': 'kept', b: '/', 'b/gone': 'x', c: 'c' })
  })

  test('a folder that a layer does not name keeps its attributes, and links of lower layers lead to it', async () => {
    await layer('one', undefined, [
      { name: 'usr/lib/', type: 'directory', mode: 0o2750, uid: 7, gid: 8 },
      { name: 'lib', type: 'symlink', linkName: 'usr/lib' },
    ])
    await layer('two', 'one', [{ name: 'lib/x', content: 'x' }])
    const { mounts } = await layers.prepare({ key: 'c', parent: 'two' })
    await mounted(mounts, (path) => {
      expect(tree(path)).toMatchObject({ 'usr/lib/x': 'x' })
      const { mode, uid, gid, mtimeMs } = statSync(join(path, 'usr/lib'))
      expect([mode & 0o7777, uid, gid, mtimeMs]).toEqual([0o2750, 7, 8, 1_700_000_000_000])
      expect(readdirSync(path).sort()).toEqual(['lib', 'usr'])
    })
  })

  test('what a container changes is told, packed, and applied elsewhere with the same result', async () => {
    await layer('base', undefined, [
      { name: 'etc/', type: 'directory' },
      { name: 'etc/a', content: 'a' },
      { name: 'etc/b', content: 'b' },
      { name: 'var/', type: 'directory' },
      { name: 'var/deep/', type: 'directory' },
      { name: 'var/deep/x', content: 'x' },
      { name: 'tmp/', type: 'directory', mode: 0o1777 },
    ])
    await layer('upper', 'base', [{ name: 'opt/', type: 'directory' }])
    const { mounts } = await layers.prepare({ key: 'c1', parent: 'upper' })
    await mounted(mounts, (path) => {
      unlinkSync(join(path, 'etc/a'))
      writeFileSync(join(path, 'etc/b'), 'changed')
      rmSync(join(path, 'var/deep'), { recursive: true })
      mkdirSync(join(path, 'var/deep'))
      writeFileSync(join(path, 'var/deep/y'), 'y')
      writeFileSync(join(path, 'opt/new'), 'new')
    })
    expect(await collect(layers.changes({ key: 'c1' }))).toEqual([
      { path: '/etc', kind: 'modified' },
      { path: '/etc/a', kind: 'deleted' },
      { path: '/etc/b', kind: 'modified' },
      { path: '/opt', kind: 'modified' },
      { path: '/opt/new', kind: 'added' },
      { path: '/var', kind: 'modified' },
      { path: '/var/deep', kind: 'modified' },
      { path: '/var/deep/x', kind: 'deleted' },
      { path: '/var/deep/y', kind: 'added' },
    ])
    const first = Buffer.concat(await collect(layers.diff({ key: 'c1' })))
    expect(Buffer.concat(await collect(layers.diff({ key: 'c1' })))).toEqual(first)
    await layers.prepare({ key: 'again', parent: 'upper' })
    await layers.apply({ key: 'again' }, inPieces(first, 1000))
    expect(Buffer.concat(await collect(layers.diff({ key: 'again' })))).toEqual(first)
    await layers.commit({ key: 'again', name: 'new' })
    expect(await view('new')).toEqual({
      etc: '/',
      'etc/b': 'changed',
      opt: '/',
      'opt/new': 'new',
      tmp: '/',
      var: '/',
      'var/deep': '/',
      'var/deep/y': 'y',
    })
    expect(await layers.usage({ key: 'c1' })).toMatchObject({ size: expect.stringMatching(/^\d+$/) })
  })

  test('which names are the same file is part of a layer, though nothing else of them changed', async () => {
    await layer('base', undefined, [
      { name: 'old', content: 'same' },
      { name: 'apart', content: 'same' },
      { name: 'pair', content: 'pair' },
      { name: 'twin', type: 'hard-link', linkName: 'pair' },
      { name: 'kept', content: 'kept' },
      { name: 'left', type: 'hard-link', linkName: 'kept' },
      { name: 'gone', type: 'hard-link', linkName: 'kept' },
    ])
    const { mounts } = await layers.prepare({ key: 'c1', parent: 'base' })
    await mounted(mounts, (path) => {
      linkSync(join(path, 'old'), join(path, 'new'))
      unlinkSync(join(path, 'apart'))
      linkSync(join(path, 'old'), join(path, 'apart'))
      const { atime, mtime } = statSync(join(path, 'twin'))
      unlinkSync(join(path, 'twin'))
      writeFileSync(join(path, 'twin'), 'pair')
      utimesSync(join(path, 'twin'), atime, mtime)
      unlinkSync(join(path, 'gone'))
    })
    await layers.prepare({ key: 'again', parent: 'base' })
    await layers.apply({ key: 'again' }, layers.diff({ key: 'c1' }))
    await layers.commit({ key: 'again', name: 'linked' })
    const looked = await layers.view({ key: 'look', parent: 'linked' })
    await mounted(looked.mounts, (path) => {
      const inode = (name: string) => statSync(join(path, name)).ino
      expect(readdirSync(path).sort()).toEqual(['apart', 'kept', 'left', 'new', 'old', 'pair', 'twin'])
      expect([inode('new'), inode('apart')]).toEqual([inode('old'), inode('old')])
      expect(inode('twin')).not.toBe(inode('pair'))
      expect(inode('left')).toBe(inode('kept'))
    })
    expect((await collect(layers.changes({ key: 'c1' }))).map(({ path }) => path)).not.toContain('/kept')
  })

  test('the owner and mode of the root are part of a layer that changes them, and of no other', async () => {
    await layer('base', undefined, [{ name: 'f', content: 'f' }])
    const { mounts } = await layers.prepare({ key: 'c1', parent: 'base' })
    const rootsIn = async () => {
      const names: string[] = []
      for await (const { entry } of readTar(layers.diff({ key: 'c1' }))) names.push(entry.name)
      return names
    }
    await mounted(mounts, (path) => writeFileSync(join(path, 'new'), 'new'))
    expect(await rootsIn()).toEqual(['new'])
    await mounted(mounts, (path) => chmodSync(path, 0o2711))
    expect(await rootsIn()).toEqual(['./', 'new'])
    expect(await collect(layers.changes({ key: 'c1' }))).toEqual([{ path: '/new', kind: 'added' }])
    await layers.prepare({ key: 'again', parent: 'base' })
    await layers.apply({ key: 'again' }, layers.diff({ key: 'c1' }))
    await layers.commit({ key: 'again', name: 'changed' })
    const looked = await layers.view({ key: 'look', parent: 'changed' })
    await mounted(looked.mounts, (path) => expect(statSync(path).mode & 0o7777).toBe(0o2711))
  })

  test('sizes and digests are told', async () => {
    const { diffId, size } = await layer('one', undefined, [{ name: 'f', content: 'x'.repeat(1000) }])
    expect(diffId).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(size).toBe('1000')
    expect(await layers.usage({ key: 'one' })).toEqual({ size: '1000', inodes: '1' })
  })

  test('keys are unique, parents are protected, and what is missing is said', async () => {
    await layer('one', undefined, [{ name: 'f' }])
    await layers.prepare({ key: 'c', parent: 'one' })
    await expect(layers.prepare({ key: 'c' })).rejects.toMatchObject({ code: 'SNAPSHOT_EXISTS' })
    await expect(layers.prepare({ key: 'd', parent: 'none' })).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' })
    await expect(layers.prepare({ key: 'd', parent: 'c' })).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' })
    await expect(layers.commit({ key: 'c', name: 'one' })).rejects.toMatchObject({ code: 'SNAPSHOT_EXISTS' })
    await expect(layers.commit({ key: 'one', name: 'x' })).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_ACTIVE' })
    await expect(layers.mounts({ key: 'one' })).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_ACTIVE' })
    await expect(layers.remove({ key: 'one' })).rejects.toMatchObject({ code: 'SNAPSHOT_IN_USE' })
    await expect(collect(layers.diff({ key: 'none' }))).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' })
    await layers.remove({ key: 'c' })
    await layers.remove({ key: 'c' })
    await layers.remove({ key: 'one' })
    expect(await collect(layers.list({}))).toEqual([])
  })

  test('an archive that breaks the rules is refused, and nothing outside is touched', async () => {
    await layers.prepare({ key: 'c' })
    await expect(layers.apply({ key: 'c' }, inPieces(makeTar([{ name: '../x' }])))).rejects.toMatchObject({
      code: 'ARCHIVE_ESCAPES',
    })
    await layers.remove({ key: 'c' })
    expect(await collect(layers.list({}))).toEqual([])
  })

  test('a restart finds everything, and sweeps what was half made or half removed', async () => {
    await layer('one', undefined, [{ name: 'f', content: '1' }])
    await layers.prepare({ key: 'c', parent: 'one' })
    await component.stop?.('leave-containers')
    mkdirSync(join(root, 'data/s/zz/fs'), { recursive: true })
    mkdirSync(join(root, 'data/removed/zy/fs'), { recursive: true })
    await start()
    expect((await collect(layers.list({}))).map(({ key, kind }) => [key, kind])).toEqual(
      expect.arrayContaining([
        ['one', 'committed'],
        ['c', 'active'],
      ]),
    )
    expect(await mounted((await layers.mounts({ key: 'c' })).mounts, tree)).toEqual({ f: '1' })
    await layer('two', 'one', [{ name: 'g', content: '2' }])
    expect(await view('two')).toEqual({ f: '1', g: '2' })
    await component.stop?.('leave-containers')
    expect(readdirSync(join(root, 'data/removed'))).toEqual([])
    expect(readdirSync(join(root, 'data/s'))).not.toContain('zz')
  })

  test('a record that cannot be read is set aside', async () => {
    await layer('one', undefined, [{ name: 'f' }])
    await component.stop?.('leave-containers')
    const [folder = ''] = readdirSync(join(root, 'data/s'))
    writeFileSync(join(root, 'data/s', folder, 'snapshot.json'), '{"key":')
    await start()
    expect(await collect(layers.list({}))).toEqual([])
    expect(readdirSync(join(root, 'data/damaged'))).toEqual([folder])
  })

  test('a cancelled unpacking ends', async () => {
    await layers.prepare({ key: 'c' })
    const controller = new AbortController()
    const endless = async function* () {
      yield makeTar([{ name: 'f', content: 'x' }], { ended: false })
      controller.abort()
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve))
        yield makeTar([{ name: 'g', content: 'x' }], { ended: false })
      }
    }
    await expect(layers.apply({ key: 'c' }, endless(), { signal: controller.signal })).rejects.toThrow()
    await layers.remove({ key: 'c' })
  })

  test('many layers can stand on one another', async () => {
    let parent: string | undefined
    for (let at = 0; at < 70; at++) {
      await layers.prepare({ key: 'm', ...(parent === undefined ? {} : { parent }) })
      await layers.commit({ key: 'm', name: `layer-${at}` })
      parent = `layer-${at}`
    }
    const { mounts } = await layers.prepare({ key: 'top', parent: parent ?? '' })
    await mounted(mounts, (path) => writeFileSync(join(path, 'x'), 'x'))
    expect(await collect(layers.changes({ key: 'top' }))).toEqual([{ path: '/x', kind: 'added' }])
  })
}
