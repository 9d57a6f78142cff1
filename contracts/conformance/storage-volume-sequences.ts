import { strict as assert } from 'node:assert'
import type { Implementation } from '../component/contract.ts'
import type { ErrorCode } from '../errors/index.ts'
import { storageVolume } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { Chance, follow } from './chance.ts'
import { failsWith, freshName } from './checks.ts'
import type { VolumeFixtures } from './storage-volume.ts'

const book = new CaseBook<typeof storageVolume, VolumeFixtures>(storageVolume)
/** Promises of `storage.volume`, tried in sequences that nobody thought of. */
export const storageVolumeSequenceCases = book.cases

type Driver = Implementation<typeof storageVolume>
type Options = Readonly<Record<string, string>>

const verbs = ['create', 'create', 'mount', 'mount', 'unmount', 'unmount', 'remove', 'get'] as const

const ids = ['a', 'b', 'c'] as const

interface Step {
  readonly verb: (typeof verbs)[number] | 'restart'
  readonly name: string
  readonly id: string
  readonly options: Options
}

/** What the volumes must be after some calls. */
type Model = Map<string, { readonly options: Options; readonly users: Set<string> }>

function stepsOf(seed: number, count: number, options: Options): Step[] {
  const chance = new Chance(seed)
  const names = [freshName('one'), freshName('two')] as const
  return Array.from({ length: count }, () => ({
    verb: chance.pick(verbs),
    name: chance.pick(names),
    id: chance.pick(ids),
    options: chance.pick([options, options, {}]),
  }))
}

/** The code with which a call must fail, undefined when it must succeed; the model is as after the call. */
function expect(model: Model, { verb, name, id, options }: Step): ErrorCode | undefined {
  const volume = model.get(name)
  if (verb === 'create') {
    if (volume === undefined) model.set(name, { options, users: new Set() })
    return volume === undefined || volume.options === options || isEmptyBoth(volume.options, options)
      ? undefined
      : 'VOLUME_OPTIONS_CONFLICT'
  }
  if (volume === undefined) return 'VOLUME_NOT_FOUND'
  if (verb === 'mount') volume.users.add(id)
  if (verb === 'unmount') volume.users.delete(id)
  if (verb !== 'remove') return undefined
  if (volume.users.size > 0) return 'VOLUME_IN_USE'
  model.delete(name)
  return undefined
}

function isEmptyBoth(one: Options, other: Options): boolean {
  return Object.keys(one).length + Object.keys(other).length === 0
}

async function call(driver: Driver, { verb, name, id, options }: Step): Promise<void> {
  if (verb === 'create') await driver.create({ name, options })
  else if (verb === 'mount') await driver.mount({ name, id })
  else if (verb === 'unmount') await driver.unmount({ name, id })
  else if (verb === 'remove') await driver.remove({ name })
  else assert.equal((await driver.get({ name })).volume.name, name)
}

async function check(driver: Driver, model: Model, step: Step): Promise<void> {
  const code = expect(model, step)
  if (code === undefined) await call(driver, step)
  else await failsWith(code, call(driver, step))
}

/** Takes away what there may be, also after a failure. */
async function clear(driver: Driver, steps: readonly Step[]): Promise<void> {
  for (const name of new Set(steps.map((step) => step.name))) {
    for (const id of ids) await driver.unmount({ name, id }).catch(() => undefined)
    await driver.remove({ name }).catch(() => undefined)
  }
}

const tell = ({ verb, name, id }: Step): string => `${verb} ${name} ${id}`

book.prove({
  id: 'sequences',
  methods: ['create', 'get', 'mount', 'unmount', 'remove', 'list'],
  title: 'any sequence of calls leaves the volumes and users that it says',
  async run({ driver, fixtures }) {
    const model: Model = new Map()
    const steps = stepsOf(4_711, 80, fixtures.options ?? {})
    const names = new Set(steps.map(({ name }) => name))
    const compare = async (step: Step) => {
      await check(driver, model, step)
      if (step.verb !== 'remove') return
      const there = (await driver.list({})).volumes.map(({ name }) => name).filter((name) => names.has(name))
      assert.deepEqual(there.toSorted(), [...model.keys()].toSorted())
    }
    await follow(steps, tell, compare).finally(() => clear(driver, steps))
  },
})

book.prove({
  id: 'sequences-over-restart',
  methods: ['create', 'get', 'mount', 'unmount', 'remove'],
  title: 'a sequence of calls goes on over a restart as if there had been none',
  needs: ['restart'],
  async run(subject) {
    const model: Model = new Map()
    const options = subject.fixtures.options ?? {}
    const steps: Step[] = stepsOf(815, 40, options)
    steps.splice(15, 0, { verb: 'restart', name: '', id: '', options })
    const compare = async (step: Step) => {
      if (step.verb === 'restart') await subject.restart()
      else await check(subject.driver, model, step)
    }
    await follow(steps, tell, compare).finally(() => clear(subject.driver, steps))
  },
})
