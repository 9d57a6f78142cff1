import { strict as assert } from 'node:assert'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storageVolume } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName } from './checks.ts'
import type { VolumeFixtures } from './storage-volume.ts'

const book = new CaseBook<typeof storageVolume, VolumeFixtures>(storageVolume)
/** Promises of `storage.volume` on what is mounted for its users. */
export const storageVolumeMountCases = book.cases

book.prove({
  id: 'users-share-files',
  methods: ['mount', 'unmount'],
  title: 'users of a volume with options see the same files until the last of them has gone',
  needs: ['hostFiles', 'options'],
  async run({ driver, fixtures }) {
    const name = freshName('shared')
    await driver.create({ name, options: fixtures.options })
    const { mountpoint } = await driver.mount({ name, id: 'a' })
    await writeFile(join(mountpoint, 'file'), 'of a')
    const second = await driver.mount({ name, id: 'b' })
    await driver.mount({ name, id: 'a' })
    assert.equal(await readFile(join(second.mountpoint, 'file'), 'utf8'), 'of a')
    await driver.unmount({ name, id: 'a' })
    assert.equal(await readFile(join(second.mountpoint, 'file'), 'utf8'), 'of a')
    await driver.unmount({ name, id: 'b' })
    await driver.remove({ name })
  },
})

book.prove({
  id: 'mounts-with-users',
  methods: ['mount', 'unmount', 'remove'],
  title: 'what the options say is mounted once while there are users, also over a restart, and not after the last',
  needs: ['hostFiles', 'options', 'mounted', 'restart'],
  async run(subject) {
    const { options, mounted } = subject.fixtures
    const name = freshName('mounted')
    await subject.driver.create({ name, options })
    const { mountpoint } = await subject.driver.path({ name })
    const check = async (count: number, when: string) => {
      const mounts = await mountsOn(mountpoint)
      assert.equal(mounts.length, count, `mounts of ${mountpoint} ${when}: ${mounts.join(', ')}`)
      for (const each of mounts) {
        const [type, , has = ''] = each.split(' ')
        assert.equal(type, mounted.type)
        assert.ok(has.split(',').includes(mounted.option), `${has} has no ${mounted.option}`)
      }
    }
    await check(0, 'before its first user')
    for (const id of ['a', 'b', 'a']) {
      await subject.driver.mount({ name, id })
      await check(1, `when ${id} has come`)
    }
    await writeFile(join(mountpoint, 'file'), 'of a')
    await subject.driver.unmount({ name, id: 'a' })
    await subject.driver.unmount({ name, id: 'a' })
    await check(1, 'when one of two has gone')
    await subject.restart()
    await subject.driver.mount({ name, id: 'b' })
    await check(1, 'after a restart')
    assert.equal(await readFile(join(mountpoint, 'file'), 'utf8'), 'of a')
    await subject.driver.unmount({ name, id: 'b' })
    await check(0, 'after its last user')
    await subject.driver.remove({ name })
  },
})

book.prove({
  id: 'mount-fails',
  methods: ['mount', 'remove'],
  title: 'what cannot be mounted says why at every try, and counts no user',
  needs: ['unmountable'],
  async run({ driver, fixtures }) {
    for (const { options, code } of fixtures.unmountable) {
      const name = freshName('unmountable')
      await driver.create({ name, options })
      await failsWith(code, driver.mount({ name, id: 'a' }))
      await Promise.all(['a', 'b'].map((id) => failsWith(code, driver.mount({ name, id }))))
      await driver.unmount({ name, id: 'a' })
      await failsWith(code, driver.mount({ name, id: 'b' }))
      await driver.remove({ name })
    }
  },
})

/** Type, source and options of each mount on a path, the oldest first (proc(5), mountinfo). */
async function mountsOn(path: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' - '))
  return lines.filter(([before = '']) => before.split(' ')[4] === path).map(([, after = '']) => after)
}
