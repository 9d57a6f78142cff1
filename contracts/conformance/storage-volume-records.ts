import { strict as assert } from 'node:assert'
import { storageVolume } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName, maybeCancelled, outcomes } from './checks.ts'
import type { VolumeFixtures } from './storage-volume.ts'

const book = new CaseBook<typeof storageVolume, VolumeFixtures>(storageVolume)
/** Promises of `storage.volume` on what is told of volumes, and on what is refused. */
export const storageVolumeRecordCases = book.cases

/** Milliseconds by which the clock of a driver may differ from that of the kit. */
const clockSlack = 60_000

book.prove({
  id: 'told',
  methods: ['create', 'get', 'list', 'path', 'mount'],
  title: 'get, list, path and mount tell the same of a volume at every call, and with which options it was made',
  async run({ driver, fixtures }) {
    const name = freshName('told')
    const options = fixtures.options ?? {}
    const before = Date.now()
    await driver.create({ name, options })
    const { volume } = await driver.get({ name })
    if (volume.options !== undefined) assert.deepEqual({ ...volume.options }, options)
    if (volume.createdAt !== undefined) {
      const made = Date.parse(volume.createdAt)
      assert.ok(made > before - clockSlack && made < Date.now() + clockSlack, `made at ${volume.createdAt}`)
    }
    const { mountpoint } = await driver.path({ name })
    assert.equal(volume.mountpoint ?? mountpoint, mountpoint)
    assert.equal((await driver.mount({ name, id: 'a' })).mountpoint, mountpoint)
    assert.equal((await driver.path({ name })).mountpoint, mountpoint)
    await driver.unmount({ name, id: 'a' })
    await driver.create({ name, options })
    assert.deepEqual((await driver.get({ name })).volume, volume)
    assert.deepEqual(
      (await driver.list({})).volumes.find((each) => each.name === name),
      volume,
    )
    await driver.remove({ name })
  },
})

book.prove({
  id: 'many',
  methods: ['create', 'list', 'remove'],
  title:
    'thirty volumes made at once are all there, each with files of its own, and gone when they are removed at once',
  async run({ driver }) {
    const names = Array.from({ length: 30 }, () => freshName('many'))
    const listed = async () => {
      const { volumes } = await driver.list({})
      return volumes.map(({ name }) => name).filter((name) => names.includes(name))
    }
    await Promise.all(names.map((name) => driver.create({ name, options: {} })))
    assert.deepEqual((await listed()).toSorted(), names.toSorted())
    const paths = await Promise.all(names.map((name) => driver.path({ name })))
    assert.equal(new Set(paths.map(({ mountpoint }) => mountpoint)).size, names.length)
    await Promise.all(names.map((name) => driver.remove({ name })))
    assert.deepEqual(await listed(), [])
  },
})

book.prove({
  id: 'names-of-every-object',
  methods: ['create', 'get', 'remove'],
  title: 'names that every object of some languages has are names like others',
  async run({ driver }) {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'None', 'null']) {
      await failsWith('VOLUME_NOT_FOUND', driver.get({ name }))
      await driver.create({ name, options: {} })
      assert.equal((await driver.get({ name })).volume.name, name)
      await driver.remove({ name })
    }
  },
})

book.prove({
  id: 'refused-values',
  methods: ['create', 'get'],
  title: 'a value that an option cannot have is refused, and no volume is left',
  needs: ['refused'],
  async run({ driver, fixtures }) {
    for (const options of fixtures.refused) {
      const name = freshName('refused')
      await failsWith('VOLUME_OPTION_INVALID', driver.create({ name, options }))
      await failsWith('VOLUME_NOT_FOUND', driver.get({ name }))
      await driver.create({ name, options: {} })
      await failsWith(['VOLUME_OPTION_INVALID', 'VOLUME_OPTIONS_CONFLICT'], driver.create({ name, options }))
      await driver.remove({ name })
    }
  },
})

book.prove({
  id: 'options-at-once',
  methods: ['create', 'get'],
  title: 'of calls at once with different options those with one kind succeed, and the volume has those',
  needs: ['options'],
  async run({ driver, fixtures }) {
    const name = freshName('race')
    const kinds = [fixtures.options, {}]
    const asked = Array.from({ length: 10 }, (_, at) => kinds[at % 2] ?? {})
    const tries = await Promise.all(asked.map((options) => outcomes([driver.create({ name, options })])))
    const won = new Set(tries.flatMap(({ answers }, at) => answers.map(() => asked[at])))
    assert.equal(won.size, 1, 'both kinds of options were taken')
    const codes = tries.flatMap((each) => each.codes)
    assert.deepEqual([...new Set(codes)], ['VOLUME_OPTIONS_CONFLICT'])
    assert.equal(codes.length, 5)
    const [options] = won
    const { volume } = await driver.get({ name })
    if (volume.options !== undefined) assert.deepEqual({ ...volume.options }, options)
    await driver.remove({ name })
  },
})

book.prove({
  id: 'cancelled',
  methods: ['create', 'mount', 'remove'],
  title: 'a call that its caller gave up leaves all of its work or nothing, and the volume can be used on',
  async run({ driver }) {
    const name = freshName('given-up')
    const givenUp = { signal: AbortSignal.abort() }
    await maybeCancelled(driver.create({ name, options: {} }, givenUp))
    await driver.create({ name, options: {} })
    await maybeCancelled(driver.mount({ name, id: 'a' }, givenUp))
    await driver.unmount({ name, id: 'a' })
    const removed = await maybeCancelled(driver.remove({ name }, givenUp))
    const { codes } = await outcomes([driver.remove({ name })])
    assert.ok(
      codes.every((code) => code === 'VOLUME_NOT_FOUND'),
      codes.join(),
    )
    assert.ok(removed === undefined || codes.length === 1, 'a volume that was removed could be removed again')
    await failsWith('VOLUME_NOT_FOUND', driver.get({ name }))
  },
})
