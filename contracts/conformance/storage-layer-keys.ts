import { strict as assert } from 'node:assert'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storageLayers } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { collect, failsWith, freshName, outcomes, within } from './checks.ts'
import { addLayer, inChunks, removeAll, type LayerFixtures } from './layer-helpers.ts'
import { readTar, writeTar } from './tar.ts'

const book = new CaseBook<typeof storageLayers, LayerFixtures>(storageLayers)
/** Promises of `storage.layers` about what stands on what, how large it is, and what happens at once. */
export const storageLayerKeyCases = book.cases

book.prove({
  id: 'parents-are-committed',
  methods: ['prepare', 'view'],
  title: 'neither an active snapshot nor a view can be a parent, and nothing is made of what was asked for',
  async run({ driver }) {
    const base = await addLayer(driver, [])
    const [active, look] = [freshName('active'), freshName('view')]
    await driver.prepare({ key: active, parent: base })
    await driver.view({ key: look, parent: base })
    for (const parent of [active, look]) {
      const key = freshName('child')
      await failsWith('SNAPSHOT_NOT_FOUND', driver.prepare({ key, parent }))
      await failsWith('SNAPSHOT_NOT_FOUND', driver.view({ key, parent }))
      await failsWith('SNAPSHOT_NOT_FOUND', driver.stat({ key }))
      await driver.prepare({ key })
      await driver.remove({ key })
    }
    await removeAll(driver, [base, active, look])
  },
})

book.prove({
  id: 'what-stat-tells',
  methods: ['stat', 'list', 'mounts', 'prepare', 'view', 'commit'],
  title: 'stat and list tell the same of a snapshot: key, kind, parent and a time that is now',
  async run({ driver }) {
    const before = Date.now()
    const base = await addLayer(driver, [])
    const [active, look, child] = [
      freshName('active'),
      freshName('view'),
      `sha256:${'0123456789abcdef'.repeat(15)}._-A`,
    ]
    await driver.prepare({ key: active, parent: base, labels: { 'com.example/a': '' } })
    const { mounts } = await driver.view({ key: look, parent: base })
    assert.deepEqual((await driver.mounts({ key: look })).mounts, mounts)
    const work = freshName('work')
    await driver.prepare({ key: work, parent: base })
    await driver.commit({ key: work, name: child })
    const wanted = [
      { key: base, kind: 'committed', parent: undefined },
      { key: active, kind: 'active', parent: base },
      { key: look, kind: 'view', parent: base },
      { key: child, kind: 'committed', parent: base },
    ]
    const listed = await collect(driver.list({}))
    for (const { key, kind, parent } of wanted) {
      const told = await driver.stat({ key })
      assert.deepEqual([told.key, told.kind, told.parent], [key, kind, parent])
      assert.deepEqual(
        listed.find((each) => each.key === key),
        told,
      )
      const made = Date.parse(told.createdAt)
      assert.ok(made >= before - 1_000 && made <= Date.now() + 1_000, `${key} was made at ${told.createdAt}`)
    }
    await removeAll(driver, [base, active, look, child])
  },
})

book.prove({
  id: 'sizes',
  methods: ['apply', 'commit', 'usage'],
  title: 'a layer has the size of all that was unpacked into it, without its parent, before and after its commit',
  async run({ driver }) {
    const base = await addLayer(driver, [{ name: 'large', data: new Uint8Array(500_000).fill(1) }])
    const [key, name, empty] = [freshName('work'), freshName('sha256:sized'), freshName('empty')]
    await driver.prepare({ key, parent: base })
    for (const [at, size] of [30_000, 7_000].entries()) {
      const archive = writeTar([{ name: `file-${at}`, data: new Uint8Array(size).fill(2) }])
      assert.equal((await driver.apply({ key }, inChunks(archive))).size, String(size))
    }
    const active = await driver.usage({ key })
    assert.ok(Number(active.size) >= 37_000 && Number(active.size) < 300_000, `${active.size} bytes while it is active`)
    assert.equal((await driver.commit({ key, name })).size, '37000')
    const done = await driver.usage({ key: name })
    assert.ok(Number(done.size) >= 37_000 && Number(done.size) < 300_000, `${done.size} bytes when it is committed`)
    assert.equal(done.inodes, active.inodes)
    await driver.prepare({ key: empty, parent: name })
    assert.ok(Number((await driver.usage({ key: empty })).size) < 30_000)
    const again = freshName('sha256:empty')
    assert.ok(Number((await driver.commit({ key: empty, name: again })).size) < 30_000)
    await removeAll(driver, [base, name, again])
  },
})

book.prove({
  id: 'nothing-changed',
  methods: ['diff', 'changes', 'view'],
  title: 'a snapshot and a view in which nothing was changed have no changes and an empty archive',
  async run({ driver }) {
    const base = await addLayer(driver, [
      { name: 'd/', type: 'directory' },
      { name: 'd/f', data: 'f' },
    ])
    const [active, look] = [freshName('active'), freshName('view')]
    await driver.prepare({ key: active, parent: base })
    await driver.view({ key: look, parent: base })
    for (const key of [active, look]) {
      assert.deepEqual(await collect(driver.changes({ key })), [])
      assert.deepEqual(readTar(Buffer.concat(await collect(driver.diff({ key })))), [])
    }
    const first = await collect(driver.changes({ key: base }))
    assert.deepEqual(first, [
      { path: '/d', kind: 'added' },
      { path: '/d/f', kind: 'added' },
    ])
    await removeAll(driver, [base, active, look])
  },
})

book.prove({
  id: 'diff-without',
  methods: ['diff'],
  title: 'paths that are left out of a diff are those that were added, and what was there before stays in',
  needs: ['mount'],
  async run({ driver, fixtures }) {
    const base = await addLayer(driver, [
      { name: 'd/', type: 'directory' },
      { name: 'd/old', data: 'old' },
    ])
    const key = freshName('work')
    const mounted = await fixtures.mount((await driver.prepare({ key, parent: base })).mounts)
    await writeFile(join(mounted.path, 'd', 'old'), 'changed')
    await writeFile(join(mounted.path, 'point'), '')
    await writeFile(join(mounted.path, 'kept'), 'kept')
    await mounted.close()
    const names = async (without: string[]) =>
      readTar(Buffer.concat(await collect(driver.diff({ key, without })))).map(({ name }) => name)
    const all = await names([])
    assert.ok(
      ['d/old', 'point', 'kept'].every((name) => all.includes(name)),
      all.join(' '),
    )
    const some = await names(['/point', '/d/old', '/never/was'])
    assert.deepEqual(some.toSorted(), all.filter((name) => name !== 'point').toSorted())
    await removeAll(driver, [base, key])
  },
})

book.prove({
  id: 'one-key-at-once',
  methods: ['prepare', 'commit', 'remove', 'list'],
  title: 'of several that make, commit or remove one snapshot at once, one does it and the others are told why not',
  async run({ driver }) {
    const base = await addLayer(driver, [{ name: 'file', data: 'x'.repeat(5_000) }])
    const [key, name] = [freshName('same'), freshName('sha256:same')]
    const times = [1, 2, 3, 4]
    const made = await outcomes(times.map(() => driver.prepare({ key, parent: base })))
    assert.deepEqual([made.answers.length, new Set(made.codes)], [1, new Set(['SNAPSHOT_EXISTS'])])
    const committed = await outcomes(times.map(() => driver.commit({ key, name })))
    assert.equal(committed.answers.length, 1)
    assert.ok(
      committed.codes.every((code) => ['SNAPSHOT_EXISTS', 'SNAPSHOT_NOT_FOUND'].includes(code)),
      committed.codes.join(', '),
    )
    assert.equal((await collect(driver.list({}))).filter((each) => [key, name].includes(each.key)).length, 1)
    await Promise.all(times.map(() => driver.remove({ key: name })))
    await removeAll(driver, [base])
  },
})

book.prove({
  id: 'a-parent-stays',
  methods: ['prepare', 'view', 'remove'],
  title: 'a parent that is removed while a child is made of it is either gone before, or stays for the child',
  async run({ driver }) {
    for (const how of ['prepare', 'view'] as const) {
      for (const first of ['make', 'remove'] as const) {
        const parent = await addLayer(driver, [{ name: 'file', data: 'x'.repeat(20_000) }])
        const key = freshName('child')
        const acts = { make: () => driver[how]({ key, parent }), remove: () => driver.remove({ key: parent }) }
        const order = first === 'make' ? (['make', 'remove'] as const) : (['remove', 'make'] as const)
        const [one, other] = order.map((act) => outcomes<unknown>([acts[act]()]))
        const [made, removed] = await Promise.all(first === 'make' ? [one, other] : [other, one])
        if (made?.codes.length === 0) {
          assert.deepEqual(removed?.codes, ['SNAPSHOT_IN_USE'], 'the parent was removed below its child')
          assert.equal((await driver.stat({ key })).parent, parent)
          assert.deepEqual(await collect(driver.changes({ key })), [])
          await driver.remove({ key })
        } else assert.deepEqual([made?.codes, removed?.codes], [['SNAPSHOT_NOT_FOUND'], []])
        await driver.remove({ key: parent })
      }
    }
  },
})

book.prove({
  id: 'given-up',
  methods: ['apply', 'diff', 'remove'],
  title: 'unpacking and packing end when they are given up, and the snapshots can be used and removed',
  async run({ driver }) {
    const key = freshName('cut')
    await driver.prepare({ key })
    const giveUp = new AbortController()
    const archive = writeTar([{ name: 'file', data: new Uint8Array(300_000).fill(3) }])
    async function* source() {
      yield Uint8Array.from(archive.subarray(0, 100_000))
      giveUp.abort()
      await new Promise((resolve) => setTimeout(resolve, 20))
      yield Uint8Array.from(archive.subarray(100_000))
    }
    const applied = await within(
      15_000,
      outcomes([driver.apply({ key }, source(), { signal: giveUp.signal })]),
      'the end of an apply that was given up',
    )
    assert.deepEqual(applied.codes, ['CANCELLED'])
    await driver.remove({ key })
    const base = await addLayer(driver, [{ name: 'file', data: new Uint8Array(300_000).fill(3) }])
    const packed = await within(
      15_000,
      outcomes([collect(driver.diff({ key: base }, { signal: AbortSignal.abort() }))]),
      'the end of a diff that was given up',
    )
    assert.deepEqual(packed.codes, ['CANCELLED'])
    for await (const chunk of driver.diff({ key: base })) {
      assert.ok(chunk.length > 0)
      break
    }
    assert.equal(readTar(Buffer.concat(await collect(driver.diff({ key: base })))).length, 1)
    await driver.remove({ key: base })
  },
})

book.prove({
  id: 'restart-in-the-middle',
  methods: ['prepare', 'apply', 'commit', 'remove'],
  title: 'a driver that ends while it unpacks has what was committed and nothing else, and the work can be done again',
  needs: ['restart'],
  async run(subject) {
    const base = await addLayer(subject.driver, [{ name: 'base', data: 'base' }])
    const [key, gone] = [freshName('work'), await addLayer(subject.driver, [{ name: 'x', data: 'x' }], base)]
    const archive = writeTar([{ name: 'file', data: new Uint8Array(200_000).fill(4) }])
    await subject.driver.prepare({ key, parent: base })
    await subject.driver.remove({ key: gone })
    let sent = (): void => undefined
    const isSent = new Promise<void>((resolve) => (sent = resolve))
    let goOn = (): void => undefined
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve))
    async function* source() {
      yield Uint8Array.from(archive.subarray(0, 100_000))
      sent()
      await mayGoOn
      yield Uint8Array.from(archive.subarray(100_000))
    }
    const cut = outcomes([subject.driver.apply({ key }, source())])
    await isSent
    const restarted = subject.restart()
    // A driver in this process ends when its work does.
    setTimeout(goOn, 50)
    await restarted
    await within(15_000, cut, 'the end of what was being unpacked')
    const { driver } = subject
    await failsWith('SNAPSHOT_NOT_FOUND', driver.stat({ key: gone }))
    assert.equal((await driver.stat({ key: base })).kind, 'committed')
    assert.equal((await driver.stat({ key })).kind, 'active')
    await driver.remove({ key })
    await driver.prepare({ key, parent: base })
    await driver.apply({ key }, inChunks(archive))
    assert.deepEqual(await collect(driver.changes({ key })), [{ path: '/file', kind: 'added' }])
    await removeAll(driver, [base, key])
  },
})
