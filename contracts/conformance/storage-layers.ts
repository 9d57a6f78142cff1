import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { storageLayers } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { collect, failsWith, freshName, outcomes } from './checks.ts'
import { addLayer, digestOf, inChunks, removeAll, type LayerFixtures } from './layer-helpers.ts'
import { writeTar } from './tar.ts'

const book = new CaseBook<typeof storageLayers, LayerFixtures>(storageLayers)
/** Promises of `storage.layers` about snapshots. What is in them: storage-layer-trees.ts. */
export const storageLayersCases = book.cases

book.prove({
  id: 'info',
  methods: ['info'],
  title: 'the driver has a name and rows of status',
  async run({ driver }) {
    const { name, status } = await driver.info({})
    assert.ok(name !== '')
    assert.ok(status.every((row) => row.length === 2))
  },
})

book.prove({
  id: 'life-of-a-snapshot',
  methods: ['prepare', 'mounts', 'stat', 'commit', 'view', 'list', 'remove'],
  title: 'a snapshot is active, then committed under its new key with its parent, and gone when it is removed',
  async run({ driver }) {
    const [key, name, child, look] = ['active', 'sha256:done', 'child', 'view'].map(freshName) as [
      string,
      string,
      string,
      string,
    ]
    const { mounts } = await driver.prepare({ key, labels: { kept: 'yes' } })
    assert.deepEqual((await driver.mounts({ key })).mounts, mounts)
    assert.equal((await driver.stat({ key })).kind, 'active')
    await driver.commit({ key, name })
    assert.equal((await driver.stat({ key: name })).kind, 'committed')
    await failsWith('SNAPSHOT_NOT_FOUND', driver.stat({ key }))
    await driver.prepare({ key: child, parent: name })
    await driver.view({ key: look, parent: name })
    assert.deepEqual(
      [(await driver.stat({ key: child })).parent, (await driver.stat({ key: look })).kind],
      [name, 'view'],
    )
    const listed = (await collect(driver.list({}))).map((each) => each.key)
    for (const each of [name, child, look]) assert.equal(listed.filter((one) => one === each).length, 1)
    assert.ok(!listed.includes(key))
    await failsWith('SNAPSHOT_IN_USE', driver.remove({ key: name }))
    await removeAll(driver, [name, child, look])
    await driver.remove({ key: name })
    const left = (await collect(driver.list({}))).map((each) => each.key)
    assert.ok([name, child, look].every((each) => !left.includes(each)))
  },
})

book.prove({
  id: 'keys-are-unique',
  methods: ['prepare', 'view', 'commit'],
  title: 'a key or name that is taken is refused, and what has it stays as it was',
  async run({ driver }) {
    const base = await addLayer(driver, [])
    const key = freshName('taken')
    await driver.prepare({ key, parent: base })
    await failsWith('SNAPSHOT_EXISTS', driver.prepare({ key }))
    await failsWith('SNAPSHOT_EXISTS', driver.view({ key, parent: base }))
    await failsWith('SNAPSHOT_EXISTS', driver.commit({ key, name: base }))
    assert.equal((await driver.stat({ key })).kind, 'active')
    await removeAll(driver, [base, key])
  },
})

book.prove({
  id: 'unknown-snapshot',
  methods: ['prepare', 'view', 'mounts', 'apply', 'commit', 'diff', 'changes', 'usage', 'stat', 'remove'],
  title: 'every method answers SNAPSHOT_NOT_FOUND for a snapshot that is not there; to remove it is success',
  async run({ driver }) {
    const key = freshName('none')
    await failsWith('SNAPSHOT_NOT_FOUND', driver.prepare({ key: freshName('child'), parent: key }))
    await failsWith('SNAPSHOT_NOT_FOUND', driver.view({ key: freshName('child'), parent: key }))
    await failsWith('SNAPSHOT_NOT_FOUND', driver.mounts({ key }))
    await failsWith('SNAPSHOT_NOT_FOUND', driver.apply({ key }, inChunks(writeTar([]))))
    await failsWith('SNAPSHOT_NOT_FOUND', driver.commit({ key, name: freshName('name') }))
    await failsWith('SNAPSHOT_NOT_FOUND', collect(driver.diff({ key })))
    await failsWith('SNAPSHOT_NOT_FOUND', collect(driver.changes({ key })))
    await failsWith('SNAPSHOT_NOT_FOUND', driver.usage({ key }))
    await failsWith('SNAPSHOT_NOT_FOUND', driver.stat({ key }))
    await driver.remove({ key })
  },
})

book.prove({
  id: 'only-active-is-writable',
  methods: ['apply', 'commit', 'mounts'],
  title: 'a committed snapshot is neither unpacked into nor committed nor mounted, a view not written',
  async run({ driver }) {
    const name = await addLayer(driver, [{ name: 'a', data: 'a' }])
    const look = freshName('view')
    await driver.view({ key: look, parent: name })
    await failsWith('SNAPSHOT_NOT_ACTIVE', driver.apply({ key: name }, inChunks(writeTar([]))))
    await failsWith('SNAPSHOT_NOT_ACTIVE', driver.commit({ key: name, name: freshName('other') }))
    await failsWith('SNAPSHOT_NOT_ACTIVE', driver.mounts({ key: name }))
    await failsWith('SNAPSHOT_NOT_ACTIVE', driver.apply({ key: look }, inChunks(writeTar([]))))
    await removeAll(driver, [name, look])
  },
})

book.prove({
  id: 'apply-tells-the-digest',
  methods: ['apply', 'usage'],
  title: 'unpacking tells the digest of the bytes that came in and the size of the files, and usage counts them',
  async run({ driver }) {
    const key = freshName('digest')
    const archive = writeTar([
      { name: 'large', data: new Uint8Array(700_000).fill(7) },
      { name: 'small', data: 'x'.repeat(100) },
    ])
    await driver.prepare({ key })
    const { diffId, size } = await driver.apply({ key }, inChunks(archive, 65_536))
    assert.equal(diffId, digestOf(archive))
    assert.equal(size, '700100')
    const usage = await driver.usage({ key })
    assert.ok(BigInt(usage.size) >= 700_000n && BigInt(usage.inodes) >= 2n, JSON.stringify(usage))
    await driver.remove({ key })
  },
})

book.prove({
  id: 'apply-compressed',
  methods: ['apply', 'diff'],
  title: 'gzip and zstd are unpacked, all members and frames, and both digests are told',
  async run({ driver }) {
    const archive = writeTar([
      { name: 'large', data: new Uint8Array(700_000).fill(7) },
      { name: 'small', data: 'x'.repeat(100) },
    ])
    const [head, tail] = [archive.subarray(0, 300_001), archive.subarray(300_001)]
    const forms = [
      ['none', archive],
      ['gzip', Buffer.concat([gzipSync(head), gzipSync(tail)])],
      ['zstd', Buffer.concat([zstdCompressSync(head), zstdCompressSync(tail)])],
    ] as const
    const diffs: string[] = []
    for (const [compression, bytes] of forms) {
      const key = freshName(compression)
      await driver.prepare({ key })
      const { diffId, size, input } = await driver.apply({ key, compression }, inChunks(bytes, 10_000))
      assert.deepEqual([diffId, size], [digestOf(archive), '700100'])
      assert.deepEqual(input, { digest: digestOf(bytes), size: String(bytes.length) })
      diffs.push(digestOf(Buffer.concat(await collect(driver.diff({ key })))))
      await driver.remove({ key })
    }
    assert.equal(new Set(diffs).size, 1)
  },
})

book.prove({
  id: 'damaged-compression',
  methods: ['apply', 'remove'],
  title: 'what is cut or is not compressed as was said is an error with a code',
  async run({ driver }) {
    const archive = writeTar([{ name: 'file', data: randomBytes(5_000) }])
    const forms = { gzip: gzipSync(archive), zstd: zstdCompressSync(archive) }
    for (const compression of ['gzip', 'zstd'] as const) {
      const whole = forms[compression]
      const cases: [Uint8Array, ('ARCHIVE_INVALID' | 'ARCHIVE_TRUNCATED')[]][] = [
        [whole.subarray(0, whole.length - 1), ['ARCHIVE_TRUNCATED']],
        [whole.subarray(0, 1_000), ['ARCHIVE_TRUNCATED']],
        [archive, ['ARCHIVE_INVALID']],
        [new Uint8Array(0), ['ARCHIVE_TRUNCATED']],
      ]
      for (const [bytes, codes] of cases) {
        const key = freshName('damaged')
        await driver.prepare({ key })
        await failsWith(codes, driver.apply({ key, compression }, inChunks(bytes)))
        await driver.remove({ key })
      }
    }
  },
})

book.prove({
  id: 'damaged-archives',
  methods: ['apply', 'remove'],
  title: 'garbage and archives that end early are errors with a code, and the snapshot can be removed',
  async run({ driver }) {
    const whole = writeTar([{ name: 'file', data: new Uint8Array(5_000) }])
    const cases: [Uint8Array, ('ARCHIVE_INVALID' | 'ARCHIVE_TRUNCATED')[]][] = [
      [new Uint8Array(3_000).fill(0x41), ['ARCHIVE_INVALID']],
      [whole.subarray(0, 700), ['ARCHIVE_TRUNCATED']],
      [whole.subarray(0, 100), ['ARCHIVE_TRUNCATED', 'ARCHIVE_INVALID']],
    ]
    for (const [archive, codes] of cases) {
      const key = freshName('damaged')
      await driver.prepare({ key })
      await failsWith(codes, driver.apply({ key }, inChunks(archive)))
      await driver.remove({ key })
      await failsWith('SNAPSHOT_NOT_FOUND', driver.stat({ key }))
    }
  },
})

book.prove({
  id: 'source-fails',
  methods: ['apply'],
  title: 'when the archive stops coming with an error, that is the error, and the snapshot can be removed',
  async run({ driver }) {
    const key = freshName('cut')
    await driver.prepare({ key })
    const broken = new Error('the source broke')
    async function* source() {
      yield writeTar([{ name: 'file', data: new Uint8Array(5_000) }]).subarray(0, 2_000)
      throw broken
    }
    await assert.rejects(driver.apply({ key }, source()), broken)
    await driver.remove({ key })
  },
})

book.prove({
  id: 'same-layer-at-once',
  methods: ['prepare', 'apply', 'commit'],
  title: 'of five that unpack the same layer at once one commits, and the others learn that it is there',
  async run({ driver }) {
    const archive = writeTar([{ name: 'file', data: 'same' }])
    const name = freshName('sha256:same')
    const keys = Array.from({ length: 5 }, () => freshName('racer'))
    const unpack = async (key: string): Promise<void> => {
      await driver.prepare({ key })
      await driver.apply({ key }, inChunks(archive))
      await driver.commit({ key, name })
    }
    const { answers, codes } = await outcomes(keys.map(unpack))
    assert.equal(answers.length, 1)
    assert.deepEqual(
      codes,
      Array.from({ length: 4 }, () => 'SNAPSHOT_EXISTS'),
    )
    await removeAll(driver, [name, ...keys])
  },
})

book.prove({
  id: 'restart-keeps',
  methods: ['prepare', 'commit', 'stat', 'list', 'diff'],
  title: 'after a restart snapshots are what they were, and work in an active one goes on',
  needs: ['restart'],
  async run(subject) {
    const name = await addLayer(subject.driver, [{ name: 'base', data: 'base' }])
    const key = freshName('work')
    await subject.driver.prepare({ key, parent: name })
    await subject.driver.apply({ key }, inChunks(writeTar([{ name: 'more', data: 'more' }])))
    const before = await collect(subject.driver.diff({ key }))
    const stat = await subject.driver.stat({ key: name })
    await subject.restart()
    const { driver } = subject
    assert.deepEqual(await driver.stat({ key: name }), stat)
    assert.equal((await driver.stat({ key })).kind, 'active')
    assert.deepEqual(Buffer.concat(await collect(driver.diff({ key }))), Buffer.concat(before))
    const committed = freshName('sha256:after')
    await driver.commit({ key, name: committed })
    await removeAll(driver, [name, committed])
  },
})
