import { componentLauncher, contractCatalog, type ContractDefinition, type LockEntry } from '@moby/contracts'
import type { MemberFacts } from '../lifecycle/member.ts'
import { compareEntries, rightsOf } from './compare-entries.ts'
import { deferUnmet } from './defer-unmet.ts'
import { defer, type Draft } from './draft.ts'
import type { ChangeSide, ChangeStep, Plan } from './plan.ts'

/** An entry as it runs. */
export interface RunningEntry {
  readonly facts: MemberFacts
  /** What its running life says to another configuration: that it can take it, or why only a new start can. */
  readonly canTake: boolean
  /** Who uses it. */
  readonly holders: readonly string[]
}

/** Modes in which a new life can run beside the old one. */
const replaceable: readonly string[] = ['process', 'container']

/**
 * What must be done so that the wanted entries run. What cannot be done while the engine runs waits for its next start,
 * and so does what would not fit what waits: the entries that run afterwards have all that they need from one another.
 * Pure. Both sides must be whole assemblies.
 */
export function makePlan(running: readonly RunningEntry[], wanted: readonly MemberFacts[]): Plan {
  const byName = new Map(running.map((each) => [each.facts.name, each]))
  const drafts = [
    ...wanted.map((to) => draftFor(byName.get(to.name), to)),
    ...running
      .filter(({ facts }) => !wanted.some(({ name }) => name === facts.name))
      .map((each) => draftFor(each, undefined)),
  ]
  return { steps: deferUnmet(deferLauncher(drafts)).map(({ step }) => step) }
}

function draftFor(running: RunningEntry | undefined, to: MemberFacts | undefined): Draft {
  const from = running?.facts
  const [before, after] = [rightsOfOne(from), rightsOfOne(to)]
  const common = {
    name: to?.name ?? from?.name ?? '',
    ...(from === undefined ? {} : { from: sideOf(from) }),
    ...(to === undefined ? {} : { to: sideOf(to) }),
    changes: from === undefined || to === undefined ? [] : compareEntries(from, to),
    grows: after.filter((each) => !before.includes(each)),
    shrinks: before.filter((each) => !after.includes(each)),
  }
  const draft = (step: Pick<ChangeStep, 'action' | 'overlap' | 'because'>): Draft => ({
    step: { ...common, ...step },
    from,
    to,
  })
  if (running === undefined || from === undefined) return draft({ action: 'add' })
  if (to === undefined) {
    const { holders } = running
    return holders.length === 0 ? draft({ action: 'remove' }) : draft({ action: 'retire', because: used(holders) })
  }
  if (common.changes.length === 0) return draft({ action: 'keep' })
  if (replaceable.includes(from.locked.mode) && replaceable.includes(to.locked.mode)) {
    return draft({ action: 'replace', overlap: overlapOf(from.locked, to.locked) })
  }
  const onlyConfig = common.changes.every((each) => each.startsWith('config '))
  if (onlyConfig && running.canTake) return draft({ action: 'reconfigure' })
  const because =
    from.locked.mode === 'module' && to.locked.mode === 'module' && onlyConfig
      ? 'it takes its configuration at its start alone'
      : 'it runs as a module, in the engine itself'
  return draft({ action: 'wait', because })
}

/** What a launcher runs ends with it. */
function deferLauncher(drafts: readonly Draft[]): Draft[] {
  const isContained = drafts.some(({ from }) => from?.locked.mode === 'container')
  return drafts.map((draft) => {
    const launches = draft.from?.locked.provides.some(({ contract }) => contract === componentLauncher.id) === true
    if (!isContained || !launches || !['replace', 'remove'].includes(draft.step.action)) return draft
    return defer(draft, 'it runs components in containers, which would end with it')
  })
}

/** Two lives of an entry may run beside each other if all that they provide allows it. */
function overlapOf(...sides: readonly LockEntry[]): ContractDefinition['overlap'] {
  const contracts = sides.flatMap(({ provides }) => provides.map(({ contract }) => contract))
  const isShared = (contract: string) => contractCatalog.get(contract)?.overlap === 'shared'
  // Who provides nothing has a door of its own to others, which two cannot have.
  return contracts.length > 0 && contracts.every(isShared) ? 'shared' : 'exclusive'
}

function sideOf({ locked: { use, version, mode } }: MemberFacts): ChangeSide {
  return { component: use, version, mode }
}

function rightsOfOne(facts: MemberFacts | undefined): string[] {
  return facts === undefined ? [] : rightsOf(facts.locked)
}

function used(holders: readonly string[]): string {
  const [first = '', ...more] = holders
  return `still used by ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`
}
