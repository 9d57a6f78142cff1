import { createHash } from 'node:crypto'
import type { LockEntry } from '@moby/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemberFacts } from '../lifecycle/member.ts'
import { findViolations } from '../resolve/violations.ts'
import { resultOf } from './defer-unmet.ts'
import { makePlan, type RunningEntry } from './make-plan.ts'
import { renderPlan } from './render-plan.ts'

interface Spec {
  readonly name: string
  readonly version?: string
  readonly mode?: LockEntry['mode']
  readonly digest?: string
  readonly provides?: readonly string[]
  readonly requires?: readonly string[]
  readonly config?: Readonly<Record<string, unknown>>
  readonly rights?: Partial<Pick<LockEntry, 'permissions' | 'grants'>>
}

/** `storage.volume:local@0.1.0`, and `state.store^0.1.0` for a need. */
function entry({ name, version = '1.0.0', mode = 'process', digest = '', config = {}, ...spec }: Spec): MemberFacts {
  const provides = (spec.provides ?? []).map((text) => {
    const [, contract = '', driver, at = ''] = /^([^:@]+)(?::([^@]+))?@(.+)$/.exec(text) ?? []
    return { contract, version: at, ...(driver === undefined ? {} : { driver }) }
  })
  const requires = (spec.requires ?? []).map((text) => {
    const [contract = '', range = ''] = text.split('^')
    return { contract, range: `^${range}`, many: contract === 'many' }
  })
  const files = `sha256:${createHash('sha256')
    .update(JSON.stringify([digest, provides, requires]))
    .digest('hex')}`
  const locked: LockEntry = {
    use: `t/${name}`,
    version,
    from: 'folder:x',
    mode,
    digest: files,
    descriptor: files,
    provides,
    requires,
    permissions: [],
    ...spec.rights,
  }
  const descriptor = { name: locked.use, version, description: '', modes: [mode], provides }
  return { name, required: true, locked, descriptor, folder: '/x', config }
}

const running = (facts: MemberFacts, more: Partial<RunningEntry> = {}): RunningEntry => ({
  facts,
  canTake: false,
  holders: [],
  ...more,
})
const actions = (from: readonly RunningEntry[], to: readonly MemberFacts[]) =>
  makePlan(from, to).steps.map(({ name, action }) => `${name} ${action}`)

describe('a plan', () => {
  it('keeps what is the same, and replaces what runs outside of the engine', () => {
    const [same, old] = [entry({ name: 'same' }), entry({ name: 'driver', config: { a: { b: 1 }, c: [1] } })]
    const next = entry({ name: 'driver', version: '1.1.0', digest: 'b', config: { a: { b: 2 }, c: [1] } })
    expect(makePlan([running(same), running(old)], [same, next]).steps).toMatchObject([
      { name: 'same', action: 'keep', changes: [] },
      { name: 'driver', action: 'replace', changes: ['version 1.0.0 -> 1.1.0', 'config a.b'] },
    ])
    const edited = entry({ name: 'driver', digest: 'b', config: { a: { b: 1 }, c: [1] } })
    expect(makePlan([running(old)], [edited]).steps).toMatchObject([{ action: 'replace', changes: ['files'] }])
  })

  it('says which rights grow and shrink', () => {
    const mount = (source: string) => ({ source, readOnly: true })
    const from = entry({
      name: 'a',
      mode: 'container',
      rights: { permissions: ['host.mount'], grants: { mounts: [mount('/a')], pids: 5 } },
    })
    const to = entry({
      name: 'a',
      mode: 'container',
      version: '2.0.0',
      rights: {
        permissions: ['host.mount', 'network.connect'],
        grants: { mounts: [mount('/b')], network: 'host', pids: 5 },
      },
    })
    const plan = makePlan([running(from)], [to])
    expect(plan.steps[0]).toMatchObject({
      grows: ['network.connect', 'mount /b (read-only)', 'network host'],
      shrinks: ['mount /a (read-only)'],
    })
    expect(renderPlan(plan)).toBe(`~ a: replace by t/a 2.0.0 (container); calls wait meanwhile
    version 1.0.0 -> 2.0.0
    may now: network.connect
    may now: mount /b (read-only)
    may now: network host
    may not any more: mount /a (read-only)
  0 entries stay as they are
`)
  })

  it('lets lives overlap only where every contract of both allows it', () => {
    const overlap = (...provides: string[]) => {
      const [from, to] = ['1.0.0', '2.0.0'].map((version) => entry({ name: 'a', version, provides }))
      return makePlan([running(from as MemberFacts)], [to as MemberFacts]).steps[0]?.overlap
    }
    expect(overlap('auth.authorize:a@0.1.0')).toBe('shared')
    expect(overlap('auth.authorize:a@0.1.0', 'log.driver:a@0.1.0')).toBe('exclusive')
    expect(overlap()).toBe('exclusive')
  })

  it('leaves a module to the next start, but for a configuration that it can take', () => {
    const module = (version: string, size: number) =>
      entry({ name: 'm', mode: 'module', version, config: { size }, digest: version[0] ?? '' })
    const step = (to: MemberFacts, canTake: boolean) =>
      makePlan([running(module('1.0.0', 1), { canTake })], [to]).steps[0]
    expect(step(module('1.0.0', 2), true)).toMatchObject({ action: 'reconfigure', changes: ['config size'] })
    expect(step(module('1.0.0', 2), false)).toMatchObject({
      action: 'wait',
      because: 'it takes its configuration at its start alone',
    })
    expect(step(module('2.0.0', 2), true)).toMatchObject({ action: 'wait' })
  })

  it('retires what is removed and still used', () => {
    const gone = entry({ name: 'gone', provides: ['runtime:crun@0.1.0'] })
    expect(actions([running(gone)], [])).toEqual(['gone remove'])
    expect(makePlan([running(gone, { holders: ['container web', 'container db'] })], []).steps).toMatchObject([
      { action: 'retire', because: 'still used by container web and 1 more' },
    ])
  })

  it('leaves also what would not fit what waits', () => {
    const store = (version: string) =>
      entry({ name: 'store', mode: 'module', version: `${version}.0`, provides: [`s@${version}.0`] })
    const user = (version: string) => entry({ name: 'user', version: `${version}.0`, requires: [`s^${version}.0`] })
    const extra = entry({ name: 'extra', requires: ['s^2.0.0'] })
    expect(actions([running(store('1.0')), running(user('1.0'))], [store('2.0'), user('2.0'), extra])).toEqual([
      'store wait',
      'user wait',
      'extra wait',
    ])
  })

  it('keeps a provider that only what waits still needs', () => {
    const old = entry({ name: 'm', mode: 'module', requires: ['s^1.0.0'] })
    const next = entry({ name: 'm', mode: 'module', version: '2.0.0' })
    const store = entry({ name: 'store', provides: ['s@1.0.0'] })
    expect(actions([running(old), running(store)], [next])).toEqual(['m wait', 'store wait'])
  })

  it('does not replace the launcher under what it runs', () => {
    const launcher = (version: string) => entry({ name: 'l', version, provides: ['component.launcher@0.1.0'] })
    const contained = entry({ name: 'c', mode: 'container', requires: ['component.launcher^0.1.0'] })
    expect(actions([running(launcher('1.0.0'))], [launcher('2.0.0')])).toEqual(['l replace'])
    expect(actions([running(launcher('1.0.0')), running(contained)], [launcher('2.0.0'), contained])).toEqual([
      'l wait',
      'c keep',
    ])
  })

  const versions = ['1.0.0', '2.0.0'] as const
  const contracts = ['p', 'q', 'r'] as const
  const names = ['a', 'b', 'c', 'd'] as const
  const anySpec = fc.record({
    version: fc.constantFrom(...versions),
    mode: fc.constantFrom('module' as const, 'process' as const),
    config: fc.record({ x: fc.nat(1) }),
    provides: fc.subarray([...contracts]),
    requires: fc.subarray([...contracts]),
  })
  const choice = ({ name, locked }: MemberFacts) => ({ entry: name, component: locked.use, ...locked })
  const isWhole = (entries: readonly MemberFacts[]) => findViolations(entries.map(choice)).length === 0
  const manyOf = (facts: MemberFacts): MemberFacts => ({
    ...facts,
    locked: { ...facts.locked, requires: facts.locked.requires.map((each) => ({ ...each, many: true })) },
  })
  /** Assemblies in which everybody has what it needs: each contract in one version, needed only where another has it. */
  const whole = fc
    .tuple(
      fc.tuple(...names.map(() => fc.option(anySpec, { nil: undefined }))),
      fc.tuple(...contracts.map(() => fc.constantFrom(...versions))),
    )
    .map(([specs, at]) => {
      const versionOf = (contract: string) => at[contracts.findIndex((each) => each === contract)]
      return specs.flatMap((spec, index) => {
        if (spec === undefined) return []
        const others = specs.flatMap((other) => (other === spec ? [] : (other?.provides ?? [])))
        const name = names[index] ?? ''
        return manyOf(
          entry({
            ...spec,
            name,
            provides: spec.provides.map((each) => `${each}:${name}@${versionOf(each)}`),
            requires: spec.requires.filter((each) => others.includes(each)).map((each) => `${each}^${versionOf(each)}`),
          }),
        )
      })
    })

  it('starts from whole assemblies, or the next properties say nothing', () => {
    fc.assert(fc.property(whole, (entries) => isWhole(entries)))
  })

  it('leads from any whole assembly to a whole one, with each entry of both sides once', () => {
    fc.assert(
      fc.property(whole, whole, fc.func(fc.boolean()), (from, to, isHeld) => {
        const entries = from.map((facts) =>
          running(facts, { holders: isHeld(facts.name) ? ['container x'] : [], canTake: isHeld(facts.name) }),
        )
        const { steps } = makePlan(entries, to)
        const both = [...new Set([...from, ...to].map(({ name }) => name))]
        expect(steps.map(({ name }) => name).toSorted()).toEqual(both.toSorted())
        const result = steps.flatMap((step) => {
          const [own, wanted] = [from, to].map((side) => side.find(({ name }) => name === step.name))
          return resultOf({ step, from: own, to: wanted }) ?? []
        })
        expect(isWhole(result)).toBe(true)
        for (const { action, from: own, to: wanted } of steps) {
          if (action === 'add') expect(own).toBeUndefined()
          if (action === 'remove' || action === 'retire') expect(wanted).toBeUndefined()
          if (action === 'replace') expect([own?.mode, wanted?.mode]).toEqual(['process', 'process'])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('from an assembly to itself keeps everything', () => {
    fc.assert(
      fc.property(whole, (entries) => {
        expect(
          makePlan(
            entries.map((facts) => running(facts)),
            entries,
          ).steps.every(({ action }) => action === 'keep'),
        ).toBe(true)
      }),
    )
  })
})
