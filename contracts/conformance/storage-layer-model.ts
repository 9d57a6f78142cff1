import { strict as assert } from 'node:assert'
import { storageLayers } from '../storage/index.ts'
import { CaseBook } from './case.ts'
import { collect, freshName, outcomes } from './checks.ts'
import { Dice } from './dice.ts'
import type { LayerDriver, LayerFixtures } from './layer-helpers.ts'

const book = new CaseBook<typeof storageLayers, LayerFixtures>(storageLayers)
/** Promises of `storage.layers` held by generated sequences against a model: which snapshots there are. */
export const storageLayerModelCases = book.cases

const seeds = [1, 2]
const steps = 50

interface Known {
  readonly kind: 'active' | 'view' | 'committed'
  readonly parent: string | undefined
}

book.prove({
  id: 'like-a-tree',
  methods: ['prepare', 'view', 'commit', 'mounts', 'stat', 'list', 'remove'],
  title: 'whatever is done to snapshots in whatever order, those are there that were made and not removed',
  async run({ driver }) {
    for (const seed of seeds) {
      const [dice, model] = [new Dice(seed), new Map<string, Known>()]
      const keys = Array.from({ length: 6 }, (_, at) => freshName(`k${at}`))
      for (let step = 1; step <= steps; step++) {
        const act = dice.pick(acts)
        const [key, other] = [dice.pick(keys), dice.oneIn(4) ? undefined : dice.pick(keys)]
        const where = `seed ${seed}, step ${step}: ${act.name} of ${key} and ${other}`
        const wanted = act.codes(model, key, other)
        const { codes } = await outcomes([act.call(driver, key, other)])
        if (wanted.length === 0) {
          assert.deepEqual(codes, [], where)
          act.change(model, key, other)
        } else assert.ok(wanted.includes(codes[0] ?? ''), `${where}: ${codes[0] ?? 'done'}, not ${wanted.join(' or ')}`)
        const listed = (await collect(driver.list({}))).filter((each) => keys.includes(each.key))
        assert.deepEqual(
          listed.map((each) => `${each.key} ${each.kind} ${each.parent}`).toSorted(),
          [...model].map(([name, { kind, parent }]) => `${name} ${kind} ${parent}`).toSorted(),
          where,
        )
      }
      for (const [key] of [...model].toReversed()) await removeWithChildren(driver, model, key)
    }
  },
})

interface Act {
  readonly name: string
  /** With which of these codes it must fail; with none, it must not. */
  codes(model: ReadonlyMap<string, Known>, key: string, other: string | undefined): readonly string[]
  change(model: Map<string, Known>, key: string, other: string | undefined): void
  call(driver: LayerDriver, key: string, other: string | undefined): Promise<unknown>
}

/** A name that cannot be, for a call that needs one. */
const nowhere = 'never-made'

const acts: readonly Act[] = [
  {
    name: 'prepare',
    codes: (model, key, parent) => [...noParent(model, parent), ...taken(model, key)],
    change: (model, key, parent) => model.set(key, { kind: 'active', parent }),
    call: (driver, key, parent) => driver.prepare({ key, ...(parent === undefined ? {} : { parent }) }),
  },
  {
    name: 'view',
    codes: (model, key, parent = nowhere) => [...noParent(model, parent), ...taken(model, key)],
    change: (model, key, parent) => model.set(key, { kind: 'view', parent }),
    call: (driver, key, parent = nowhere) => driver.view({ key, parent }),
  },
  {
    name: 'commit',
    codes: (model, key, name) => [
      ...(model.has(key) ? [] : ['SNAPSHOT_NOT_FOUND']),
      ...(model.get(key)?.kind === 'active' ? [] : ['SNAPSHOT_NOT_ACTIVE']),
      ...taken(model, name ?? key),
    ],
    change: (model, key, name = key) => {
      const { parent } = model.get(key) as Known
      model.delete(key)
      model.set(name, { kind: 'committed', parent })
    },
    call: (driver, key, name = key) => driver.commit({ key, name }),
  },
  {
    name: 'mounts',
    codes: (model, key) => {
      if (!model.has(key)) return ['SNAPSHOT_NOT_FOUND']
      return model.get(key)?.kind === 'committed' ? ['SNAPSHOT_NOT_ACTIVE'] : []
    },
    change: () => undefined,
    call: (driver, key) => driver.mounts({ key }),
  },
  {
    name: 'remove',
    codes: (model, key) => ([...model.values()].some(({ parent }) => parent === key) ? ['SNAPSHOT_IN_USE'] : []),
    change: (model, key) => model.delete(key),
    call: (driver, key) => driver.remove({ key }),
  },
]

function noParent(model: ReadonlyMap<string, Known>, parent: string | undefined): string[] {
  return parent === undefined || model.get(parent)?.kind === 'committed' ? [] : ['SNAPSHOT_NOT_FOUND']
}

function taken(model: ReadonlyMap<string, Known>, key: string): string[] {
  return model.has(key) ? ['SNAPSHOT_EXISTS'] : []
}

async function removeWithChildren(driver: LayerDriver, model: Map<string, Known>, key: string): Promise<void> {
  for (const [child, { parent }] of model) if (parent === key) await removeWithChildren(driver, model, child)
  await driver.remove({ key })
  model.delete(key)
}
