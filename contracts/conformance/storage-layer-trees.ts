import { strict as assert } from 'node:assert'
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageLayers } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { collect, freshName } from './checks.ts'
import { addLayer, inChunks, removeAll, seeTree, treeOf, type LayerFixtures } from './layer-helpers.ts'
import { readTar, writeTar, type TarEntry } from './tar.ts'

const book = new CaseBook<typeof storageLayers, LayerFixtures>(storageLayers)
/** Promises of `storage.layers` about what is in a snapshot. */
export const storageLayerTreeCases = book.cases

book.prove({
  id: 'everything-in-a-layer',
  methods: ['apply', 'commit', 'view'],
  title: 'modes, owners, times, links, long names and odd names come out of an archive as they went in',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const long = `${'d'.repeat(120)}/${'f'.repeat(200)}`
    const name = await addLayer(driver, [
      { name: 'bin/', type: 'directory', mode: 0o1777 },
      { name: 'bin/tool', data: 'tool', mode: 0o4755, uid: 12, gid: 34, mtime: 1_234_567_890 },
      { name: 'bin/same', type: 'hardlink', target: 'bin/tool' },
      { name: 'link', type: 'symlink', target: '../../etc/passwd' },
      { name: 'ü 😀\n', data: 'odd' },
      { name: long, data: 'long' },
      { name: './dotted', data: 'dotted' },
      { name: 'empty', data: '' },
    ])
    const key = freshName('look')
    const mounted = await fixtures.mount((await driver.view({ key, parent: name })).mounts)
    try {
      const tree = await treeOf(mounted.path)
      assert.equal(tree['bin'], 'directory 1777')
      assert.equal(tree['bin/tool'], 'file 4755 tool')
      assert.equal(tree['link'], 'link to ../../etc/passwd')
      assert.deepEqual(
        [tree['ü 😀\n'], tree[long], tree['dotted'], tree['empty']],
        ['file 644 odd', 'file 644 long', 'file 644 dotted', 'file 644 '],
      )
      const tool = await stat(join(mounted.path, 'bin/tool'))
      assert.deepEqual([tool.uid, tool.gid, tool.mtimeMs, tool.nlink], [12, 34, 1_234_567_890_000, 2])
      assert.equal((await stat(join(mounted.path, 'bin/same'))).ino, tool.ino)
    } finally {
      await mounted.close()
    }
    await removeAll(driver, [name, key])
  },
})

book.prove({
  id: 'whiteouts',
  methods: ['apply', 'view'],
  title: 'whiteouts take away what lies below, opaque ones all of a folder, and none of what their own layer adds',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const base = await addLayer(driver, [
      { name: 'gone', data: '1' },
      { name: 'folder/', type: 'directory' },
      { name: 'folder/old', data: '2' },
      { name: 'hidden/', type: 'directory' },
      { name: 'hidden/old', data: '3' },
      { name: 'changes/', type: 'directory' },
      { name: 'stays', data: '4' },
    ])
    const top = await addLayer(
      driver,
      [
        { name: '.wh.gone', data: '' },
        { name: '.wh.folder', data: '' },
        { name: 'hidden/', type: 'directory' },
        { name: 'hidden/new', data: '5' },
        { name: 'hidden/.wh..wh..opq', data: '' },
        { name: 'changes', data: 'now a file' },
        { name: '.wh.never-was', data: '' },
      ],
      base,
    )
    assert.deepEqual(await seeTree(driver, fixtures.mount, top), {
      changes: 'file 644 now a file',
      hidden: 'directory 755',
      'hidden/new': 'file 644 5',
      stays: 'file 644 4',
    })
    assert.equal((await seeTree(driver, fixtures.mount, base))['gone'], 'file 644 1')
    await removeAll(driver, [base, top])
  },
})

book.prove({
  id: 'nothing-escapes',
  methods: ['apply'],
  title: 'whatever an archive holds, nothing outside of the snapshot is made, changed or removed',
  async run({ driver }) {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'))
    try {
      await writeFile(join(outside, 'victim'), 'safe')
      const up = '../'.repeat(20)
      const attacks: TarEntry[][] = [
        [{ name: `${up}${outside.slice(1)}/made`, data: 'x' }],
        [{ name: `${outside}/made`, data: 'x' }],
        [
          { name: 'd', type: 'symlink', target: outside },
          { name: 'd/made', data: 'x' },
        ],
        [
          { name: 'd', type: 'symlink', target: `${up}${outside.slice(1)}` },
          { name: 'd/victim', data: 'changed' },
        ],
        [
          { name: 'd', type: 'symlink', target: outside },
          { name: 'd/.wh.victim', data: '' },
        ],
        [
          { name: 'd', type: 'symlink', target: outside },
          { name: 'd/.wh..wh..opq', data: '' },
        ],
        [
          { name: 'h', type: 'hardlink', target: `${outside}/victim` },
          { name: 'h', data: 'changed' },
        ],
        [
          { name: 'h', type: 'hardlink', target: `${up}${outside.slice(1)}/victim` },
          { name: 'h', data: 'changed' },
        ],
        [{ name: '.wh...', data: '' }],
        [{ name: '.wh..', data: '' }],
      ]
      for (const entries of attacks) {
        const key = freshName('attack')
        await driver.prepare({ key })
        await driver.apply({ key }, inChunks(writeTar(entries))).catch(() => undefined)
        await driver.remove({ key })
        assert.deepEqual(await treeOf(outside), { victim: 'file 644 safe' }, JSON.stringify(entries))
      }
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  },
})

book.prove({
  id: 'diff-gives-back',
  methods: ['diff', 'apply'],
  title: 'the difference of a snapshot makes the same tree elsewhere, and equal trees give equal bytes',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const base = await addLayer(driver, [
      { name: 'a', data: '1' },
      { name: 'f/', type: 'directory' },
      { name: 'f/b', data: '2' },
      { name: 'z', data: '3' },
    ])
    const change = async (parent: string): Promise<{ key: string; archive: Buffer }> => {
      const key = freshName('work')
      const mounted = await fixtures.mount((await driver.prepare({ key, parent })).mounts)
      await rm(join(mounted.path, 'a'))
      await rm(join(mounted.path, 'f'), { recursive: true })
      await mkdir(join(mounted.path, 'f'))
      await writeFile(join(mounted.path, 'f', 'new'), 'new')
      await writeFile(join(mounted.path, 'z'), 'other')
      await rename(join(mounted.path, 'z'), join(mounted.path, 'y'))
      await mounted.close()
      return { key, archive: Buffer.concat(await collect(driver.diff({ key }))) }
    }
    const { key, archive } = await change(base)
    assert.deepEqual(Buffer.concat(await collect(driver.diff({ key }))), archive)
    const names = readTar(archive).map((entry) => entry.name)
    assert.ok(names.includes('.wh.a') && names.includes('.wh.z') && names.includes('f/new'), names.join(' '))
    const elsewhere = freshName('elsewhere')
    await driver.prepare({ key: elsewhere, parent: base })
    await driver.apply({ key: elsewhere }, inChunks(archive))
    const [one, other] = [freshName('sha256:one'), freshName('sha256:other')]
    await driver.commit({ key, name: one })
    await driver.commit({ key: elsewhere, name: other })
    const tree = await seeTree(driver, fixtures.mount, one)
    assert.deepEqual(tree, { f: 'directory 755', 'f/new': 'file 644 new', y: 'file 644 other' })
    assert.deepEqual(await seeTree(driver, fixtures.mount, other), tree)
    assert.deepEqual(Buffer.concat(await collect(driver.diff({ key: other }))), archive)
    await removeAll(driver, [base, one, other])
  },
})

book.prove({
  id: 'changes',
  methods: ['changes'],
  title: 'changes name what was added, modified and deleted, parents before children, and nothing else',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const base = await addLayer(driver, [
      { name: 'keep', data: '1' },
      { name: 'edit', data: '2' },
      { name: 'drop', data: '3' },
      { name: 'dir/', type: 'directory' },
      { name: 'dir/inside', data: '4' },
    ])
    const key = freshName('work')
    const mounted = await fixtures.mount((await driver.prepare({ key, parent: base })).mounts)
    await writeFile(join(mounted.path, 'edit'), 'edited')
    await rm(join(mounted.path, 'drop'))
    await mkdir(join(mounted.path, 'dir', 'new'))
    await writeFile(join(mounted.path, 'dir', 'new', 'file'), '')
    await mounted.close()
    const found = await collect(driver.changes({ key }))
    const kinds = Object.fromEntries(found.map(({ path, kind }) => [path, kind]))
    assert.deepEqual(kinds, {
      '/dir': 'modified',
      '/dir/new': 'added',
      '/dir/new/file': 'added',
      '/drop': 'deleted',
      '/edit': 'modified',
    })
    const paths = found.map(({ path }) => path)
    assert.ok(
      paths.indexOf('/dir') < paths.indexOf('/dir/new') && paths.indexOf('/dir/new') < paths.indexOf('/dir/new/file'),
    )
    await removeAll(driver, [base, key])
  },
})

book.prove({
  id: 'children-are-apart',
  methods: ['prepare', 'view', 'mounts'],
  title: 'what one child writes is seen neither by its parent nor by another child, and a view cannot be written',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const base = await addLayer(driver, [{ name: 'file', data: 'base' }])
    const [left, right, look] = ['left', 'right', 'look'].map(freshName) as [string, string, string]
    const written = await fixtures.mount((await driver.prepare({ key: left, parent: base })).mounts)
    await writeFile(join(written.path, 'file'), 'left')
    await written.close()
    const other = await fixtures.mount((await driver.prepare({ key: right, parent: base })).mounts)
    assert.equal((await treeOf(other.path))['file'], 'file 644 base')
    await other.close()
    const view = await fixtures.mount((await driver.view({ key: look, parent: base })).mounts)
    assert.equal((await treeOf(view.path))['file'], 'file 644 base')
    await assert.rejects(writeFile(join(view.path, 'file'), 'no'), { code: 'EROFS' })
    await view.close()
    const again = await fixtures.mount((await driver.mounts({ key: left })).mounts)
    assert.equal((await treeOf(again.path))['file'], 'file 644 left')
    await again.close()
    await removeAll(driver, [base, left, right, look])
  },
})

book.prove({
  id: 'many-layers',
  methods: ['prepare', 'commit', 'view'],
  title: '125 layers one on another make one tree',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const names: string[] = []
    for (let at = 0; at < 125; at++) {
      names.push(await addLayer(driver, [{ name: `layer-${at}`, data: String(at) }], names.at(-1)))
    }
    const tree = await seeTree(driver, fixtures.mount, names.at(-1) ?? '')
    assert.deepEqual(
      [Object.keys(tree).length, tree['layer-0'], tree['layer-124']],
      [125, 'file 644 0', 'file 644 124'],
    )
    await removeAll(driver, names)
  },
})
