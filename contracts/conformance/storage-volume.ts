import { strict as assert } from 'node:assert'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { hasCode, type ErrorCode } from '../errors/index.ts'
import { storageVolume } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName, outcomes } from './checks.ts'

/** What can be done around a volume driver. */
export interface VolumeFixtures {
  /** Present when the paths that the driver tells can be read and written by the kit. */
  readonly hostFiles?: true
  /** Options that the driver accepts and that differ from none. */
  readonly options?: Readonly<Record<string, string>>
  /** Options that the driver knows, with values that it refuses when a volume is made. */
  readonly refused?: readonly Readonly<Record<string, string>>[]
  /** Options with which a volume can be made, but not mounted on this host, and the code that says so. */
  readonly unmountable?: readonly { readonly options: Readonly<Record<string, string>>; readonly code: ErrorCode }[]
  /** What `options` mount on the path of a volume while it is used, as /proc/self/mountinfo of the kit tells it. */
  readonly mounted?: { readonly type: string; readonly option: string }
}

const book = new CaseBook<typeof storageVolume, VolumeFixtures>(storageVolume)
/** Promises of `storage.volume`. */
export const storageVolumeCases = book.cases

book.prove({
  id: 'capabilities',
  methods: ['capabilities'],
  title: 'the scope is local or global',
  smoke: true,
  async run({ driver }) {
    assert.ok(['local', 'global'].includes((await driver.capabilities({})).scope))
  },
})

book.prove({
  id: 'create-get-list',
  methods: ['create', 'get', 'list', 'path'],
  title: 'a volume that was made is found by name and in the list, and has an absolute path',
  smoke: true,
  async run({ driver }) {
    const name = freshName('vol')
    try {
      await driver.create({ name, options: {} })
      assert.equal((await driver.get({ name })).volume.name, name)
      assert.equal((await driver.list({})).volumes.filter((each) => each.name === name).length, 1)
      assert.ok(isAbsolute((await driver.path({ name })).mountpoint))
    } catch (error) {
      await driver.remove({ name }).catch(() => undefined)
      throw error
    }
    await driver.remove({ name })
    assert.ok(!(await driver.list({})).volumes.some((each) => each.name === name))
  },
})

book.prove({
  id: 'odd-names',
  methods: ['create', 'get', 'remove'],
  title: 'names with dots, dashes, capitals and 200 characters are told apart',
  async run({ driver }) {
    const base = freshName('Vol')
    const names = [base, `${base}.`, `${base}..x`, `${base}_-.`, base.toLowerCase(), base.padEnd(200, 'x')]
    for (const name of names) await driver.create({ name, options: {} })
    for (const name of names) assert.equal((await driver.get({ name })).volume.name, name)
    for (const name of names) await driver.remove({ name })
  },
})

book.prove({
  id: 'names-do-not-escape',
  methods: ['create'],
  title: 'a name that would lead out of the folder of the volumes is refused',
  async run({ driver }) {
    for (const name of ['..', '.', '../escape', 'a/../../escape', '/etc', 'a\u0000b']) {
      await failsWith('VOLUME_NAME_INVALID', driver.create({ name, options: {} }))
    }
  },
})

book.prove({
  id: 'create-again',
  methods: ['create'],
  title: 'the same name with the same options again is success',
  async run({ driver }) {
    const name = freshName('again')
    await driver.create({ name, options: {} })
    await driver.create({ name, options: {} })
    assert.equal((await driver.list({})).volumes.filter((each) => each.name === name).length, 1)
    await driver.remove({ name })
  },
})

book.prove({
  id: 'create-at-once',
  methods: ['create', 'list'],
  title: 'twenty calls at once for one name make one volume',
  async run({ driver }) {
    const name = freshName('once')
    await Promise.all(Array.from({ length: 20 }, () => driver.create({ name, options: {} })))
    assert.equal((await driver.list({})).volumes.filter((each) => each.name === name).length, 1)
    await driver.remove({ name })
  },
})

book.prove({
  id: 'create-with-other-options',
  methods: ['create'],
  title: 'the same name with other options is a conflict, and the volume stays as it was',
  needs: ['options'],
  async run({ driver, fixtures }) {
    const name = freshName('other')
    await driver.create({ name, options: fixtures.options })
    await driver.create({ name, options: fixtures.options })
    const before = await driver.get({ name })
    await failsWith('VOLUME_OPTIONS_CONFLICT', driver.create({ name, options: {} }))
    for (const [key, value] of Object.entries(fixtures.options)) {
      const options = { ...fixtures.options, [key]: `${value}x` }
      await failsWith(['VOLUME_OPTIONS_CONFLICT', 'VOLUME_OPTION_INVALID'], driver.create({ name, options }))
    }
    assert.deepEqual(await driver.get({ name }), before)
    await driver.remove({ name })
    await driver.create({ name, options: {} })
    await failsWith('VOLUME_OPTIONS_CONFLICT', driver.create({ name, options: fixtures.options }))
    await driver.remove({ name })
  },
})

book.prove({
  id: 'unknown-option',
  methods: ['create'],
  title: 'an option that the driver does not know is refused, and no volume is left',
  async run({ driver }) {
    const name = freshName('opt')
    await failsWith('VOLUME_OPTION_UNKNOWN', driver.create({ name, options: { 'no-such-option': 'x' } }))
    await failsWith('VOLUME_NOT_FOUND', driver.get({ name }))
  },
})

book.prove({
  id: 'unknown-volume',
  methods: ['get', 'path', 'mount', 'unmount', 'usage', 'remove'],
  title: 'every method answers VOLUME_NOT_FOUND for a volume that is not there',
  smoke: true,
  async run({ driver }) {
    const name = freshName('none')
    await failsWith('VOLUME_NOT_FOUND', driver.get({ name }))
    await failsWith('VOLUME_NOT_FOUND', driver.path({ name }))
    await failsWith('VOLUME_NOT_FOUND', driver.mount({ name, id: 'a' }))
    await failsWith('VOLUME_NOT_FOUND', driver.unmount({ name, id: 'a' }))
    await failsWith(['VOLUME_NOT_FOUND', 'NOT_SUPPORTED'], driver.usage({ name }))
    await failsWith('VOLUME_NOT_FOUND', driver.remove({ name }))
  },
})

book.prove({
  id: 'users-are-counted',
  methods: ['mount', 'unmount', 'remove'],
  title: 'a volume can be removed when its last user has gone; a user counts once, however often it mounts',
  async run({ driver }) {
    const name = freshName('users')
    await driver.create({ name, options: {} })
    const { mountpoint } = await driver.mount({ name, id: 'first' })
    assert.equal((await driver.mount({ name, id: 'first' })).mountpoint, mountpoint)
    assert.equal((await driver.mount({ name, id: 'second' })).mountpoint, mountpoint)
    await driver.unmount({ name, id: 'first' })
    await driver.unmount({ name, id: 'first' })
    await driver.unmount({ name, id: 'never mounted' })
    await failsWith('VOLUME_IN_USE', driver.remove({ name }))
    await driver.unmount({ name, id: 'second' })
    await driver.remove({ name })
    await failsWith('VOLUME_NOT_FOUND', driver.remove({ name }))
  },
})

book.prove({
  id: 'users-at-once',
  methods: ['mount', 'unmount', 'remove'],
  title: 'users that come and go at once are counted right',
  async run({ driver }) {
    const name = freshName('busy')
    await driver.create({ name, options: {} })
    const ids = Array.from({ length: 20 }, (_, at) => `user-${at}`)
    await Promise.all(ids.map((id) => driver.mount({ name, id })))
    await Promise.all(ids.slice(1).map((id) => driver.unmount({ name, id })))
    await failsWith('VOLUME_IN_USE', driver.remove({ name }))
    await driver.unmount({ name, id: 'user-0' })
    const { answers, codes } = await outcomes(Array.from({ length: 5 }, () => driver.remove({ name })))
    assert.equal(answers.length, 1, 'of five removals at once one must succeed')
    assert.ok(
      codes.every((code) => code === 'VOLUME_NOT_FOUND'),
      codes.join(', '),
    )
  },
})

book.prove({
  id: 'files-stay',
  methods: ['mount', 'unmount', 'remove'],
  title: 'files outlast their users, and a volume made anew is empty',
  needs: ['hostFiles'],
  async run({ driver }) {
    const name = freshName('files')
    await driver.create({ name, options: {} })
    const first = await driver.mount({ name, id: 'a' })
    await mkdir(join(first.mountpoint, 'folder'))
    await writeFile(join(first.mountpoint, 'folder', 'ü\n😀'), 'content')
    await driver.unmount({ name, id: 'a' })
    const second = await driver.mount({ name, id: 'b' })
    assert.equal(await readFile(join(second.mountpoint, 'folder', 'ü\n😀'), 'utf8'), 'content')
    await driver.unmount({ name, id: 'b' })
    await driver.remove({ name })
    await driver.create({ name, options: {} })
    const third = await driver.mount({ name, id: 'c' })
    assert.deepEqual(await readdir(third.mountpoint), [])
    await driver.unmount({ name, id: 'c' })
    await driver.remove({ name })
  },
})

book.prove({
  id: 'usage',
  methods: ['usage'],
  title: 'usage tells at least the bytes that were written, or that it is not supported',
  needs: ['hostFiles'],
  async run({ driver }) {
    const name = freshName('usage')
    await driver.create({ name, options: {} })
    const { mountpoint } = await driver.mount({ name, id: 'a' })
    await writeFile(join(mountpoint, 'file'), Buffer.alloc(300_000, 1))
    try {
      const { size } = await driver.usage({ name })
      assert.ok(BigInt(size) >= 300_000n && BigInt(size) < 3_000_000n, `usage tells ${size} bytes for 300000`)
    } catch (error) {
      if (!hasCode(error, 'NOT_SUPPORTED')) throw error
    }
    await driver.unmount({ name, id: 'a' })
    await driver.remove({ name })
  },
})

book.prove({
  id: 'restart-keeps',
  methods: ['create', 'get', 'mount', 'unmount', 'remove'],
  title: 'after a restart volumes, their options and their users are those of before',
  needs: ['restart'],
  async run(subject) {
    const name = freshName('kept')
    const options = subject.fixtures.options ?? {}
    await subject.driver.create({ name, options })
    const before = await subject.driver.mount({ name, id: 'outlives' })
    const told = await subject.driver.get({ name })
    const gone = freshName('gone')
    await subject.driver.create({ name: gone, options: {} })
    await subject.driver.mount({ name: gone, id: 'a' })
    await subject.driver.unmount({ name: gone, id: 'a' })
    await subject.driver.remove({ name: gone })
    await subject.restart()
    const { driver } = subject
    assert.deepEqual(await driver.get({ name }), told)
    await failsWith('VOLUME_NOT_FOUND', driver.get({ name: gone }))
    assert.deepEqual(
      (await driver.list({})).volumes.filter((each) => each.name === name || each.name === gone),
      [told.volume],
    )
    await failsWith('VOLUME_IN_USE', driver.remove({ name }))
    await driver.create({ name, options })
    assert.equal((await driver.mount({ name, id: 'outlives' })).mountpoint, before.mountpoint)
    await failsWith('VOLUME_IN_USE', driver.remove({ name }))
    await driver.unmount({ name, id: 'outlives' })
    await driver.remove({ name })
  },
})
