import { strict as assert } from 'node:assert'
import { storageLayers } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName } from './checks.ts'
import { addLayer, inChunks, removeAll, seeTree, type LayerFixtures } from './layer-helpers.ts'
import { writeTar, type TarEntry } from './tar.ts'

const book = new CaseBook<typeof storageLayers, LayerFixtures>(storageLayers)
/** Promises of `storage.layers` about layers that get their parent when they are committed. */
export const storageLayerRebaseCases = book.cases

book.prove({
  id: 'rebase-gives-the-same-tree',
  methods: ['info', 'apply', 'commit', 'view'],
  title: 'a layer that got its parent at commit looks like one that was unpacked on it, or it is refused by a code',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const base = await addLayer(driver, [
      { name: 'deep/', type: 'directory', mode: 0o750 },
      { name: 'deep/er/', type: 'directory', mode: 0o700 },
      { name: 'deep/er/old', data: '1' },
      { name: 'gone', data: '2' },
      { name: 'hidden/', type: 'directory' },
      { name: 'hidden/old', data: '3' },
    ])
    const entries: TarEntry[] = [
      { name: 'deep/er/new', data: '4' },
      { name: 'deep/er/.wh.old', data: '' },
      { name: '.wh.gone', data: '' },
      { name: '.wh.never-was', data: '' },
      { name: 'no/where/.wh.x', data: '' },
      { name: 'hidden/.wh..wh..opq', data: '' },
      { name: 'own/file', data: '5' },
      { name: 'own/.wh.nothing', data: '' },
    ]
    const on = await addLayer(driver, entries, base)
    const [key, name] = [freshName('beside'), freshName('sha256:beside')]
    await driver.prepare({ key })
    await driver.apply({ key }, inChunks(writeTar(entries)))
    const { rebase = false } = await driver.info({})
    if (rebase) {
      await driver.commit({ key, name, parent: base })
      assert.equal((await driver.stat({ key: name })).parent, base)
      assert.deepEqual(await seeTree(driver, fixtures.mount, name), await seeTree(driver, fixtures.mount, on))
      await failsWith('SNAPSHOT_IN_USE', driver.remove({ key: base }))
    } else {
      await failsWith('NOT_SUPPORTED', driver.commit({ key, name, parent: base }))
      assert.equal((await driver.stat({ key })).kind, 'active')
    }
    await removeAll(driver, [base, on, rebase ? name : key])
  },
})

book.prove({
  id: 'rebase-through-a-link',
  methods: ['info', 'apply', 'commit', 'view'],
  title: 'a layer whose files lie behind a symbolic link of its parent is put where that leads, or refused',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const base = await addLayer(driver, [
      { name: 'usr/lib/', type: 'directory' },
      { name: 'lib', type: 'symlink', target: 'usr/lib' },
    ])
    const [key, name] = [freshName('beside'), freshName('sha256:beside')]
    await driver.prepare({ key })
    await driver.apply({ key }, inChunks(writeTar([{ name: 'lib/x', data: 'x' }])))
    const isPut = await driver.commit({ key, name, parent: base }).then(
      () => true,
      () => false,
    )
    if (isPut) assert.equal((await seeTree(driver, fixtures.mount, name))['usr/lib/x'], 'file 644 x')
    else await failsWith('NOT_SUPPORTED', driver.commit({ key, name, parent: base }))
    await removeAll(driver, [base, isPut ? name : key])
  },
})

book.prove({
  id: 'rebase-refusals',
  methods: ['commit'],
  title: 'a parent at commit must be a committed snapshot, and none is exchanged for another',
  async run({ driver }) {
    const base = await addLayer(driver, [{ name: 'a', data: '1' }])
    const other = await addLayer(driver, [{ name: 'b', data: '2' }])
    const [key, child, loose] = ['active', 'child', 'loose'].map(freshName) as [string, string, string]
    const name = freshName('sha256:name')
    await driver.prepare({ key })
    await driver.prepare({ key: child, parent: base })
    await driver.prepare({ key: loose })
    await failsWith('NOT_SUPPORTED', driver.commit({ key: child, name, parent: other }))
    const { rebase = false } = await driver.info({})
    for (const parent of [key, freshName('none')]) {
      await failsWith(rebase ? 'SNAPSHOT_NOT_FOUND' : 'NOT_SUPPORTED', driver.commit({ key: loose, name, parent }))
    }
    await driver.commit({ key: child, name, parent: base })
    assert.equal((await driver.stat({ key: name })).parent, base)
    await removeAll(driver, [base, other, name, key, loose])
  },
})
