import { codedError } from '@moby/contracts'
import { levelsOf } from '../graph/levels.ts'
import { makeGeneration, type Generation } from '../kernel/generation.ts'
import type { Handle } from '../kernel/handle.ts'
import { Member, type MemberFacts } from '../lifecycle/member.ts'
import type { Plan } from './plan.ts'

/** A component of the change: the member that takes over, and the one that it takes over from, if there is one. */
export interface Newcomer {
  readonly member: Member
  readonly old: Member | undefined
}

/** A member that goes on as it is until the next start of the engine. */
export interface Waiting {
  readonly member: Member
  readonly pending: string
  /** False when the next start will be without it. */
  readonly isWanted: boolean
}

/** What a change does to the members of an assembly. */
export interface ChangeSet {
  readonly next: Generation
  /** By level; started while everything else goes on. */
  readonly beside: readonly (readonly Newcomer[])[]
  /** By level; started when the old lives have ended, while calls wait. */
  readonly after: readonly (readonly Newcomer[])[]
  /** They take another configuration. */
  readonly reconfigured: readonly { readonly member: Member; readonly facts: MemberFacts }[]
  /** They take what is said of them now, which changes nothing in their life. */
  readonly kept: readonly { readonly member: Member; readonly facts: MemberFacts }[]
  readonly waiting: readonly Waiting[]
  readonly removed: readonly Member[]
  readonly retired: readonly Member[]
  /** Handles that nobody stands behind afterwards. */
  readonly orphans: readonly Handle[]
}

/** Nothing happens yet: members and a generation are made, not started. Throws APPLY_CONFLICT. */
export function makeChangeSet(
  current: Generation,
  wanted: Pick<Generation, 'number' | 'startedWith' | 'manifest' | 'lock' | 'daemon' | 'entries'>,
  plan: Plan,
): ChangeSet {
  const byName = new Map(current.members.map((member) => [member.name, member]))
  const facts = new Map(wanted.entries.map((each) => [each.name, each]))
  const named = (...actions: readonly string[]) =>
    plan.steps.filter(({ action }) => actions.includes(action)).map(({ name }) => name)
  const membersOf = (...actions: readonly string[]) => named(...actions).flatMap((name) => byName.get(name) ?? [])
  const pairs = (...actions: readonly string[]) =>
    named(...actions).flatMap((name) => {
      const [member, each] = [byName.get(name), facts.get(name)]
      return member === undefined || each === undefined ? [] : [{ member, facts: each }]
    })
  for (const member of membersOf('retire')) checkDriversFree(member, wanted.entries)
  const leaving = membersOf('replace', 'remove')
  const handles = leaving.flatMap((member) => member.handles)
  const newcomers = named('add', 'replace').flatMap((name): Newcomer[] => {
    const each = facts.get(name)
    if (each === undefined) return []
    const old = byName.get(name)
    if (old?.isRetired === true && old.locked.use !== each.locked.use) throw nameTaken(old, each)
    return [{ member: new Member(each, handles), old }]
  })
  const made = new Map(newcomers.map(({ member }) => [member.name, member]))
  const stays = plan.steps.filter(
    ({ action, from }) => action !== 'remove' && (action !== 'wait' || from !== undefined),
  )
  const next = makeGeneration({
    ...wanted,
    members: stays.flatMap(({ name }) => made.get(name) ?? byName.get(name) ?? []),
  })
  const claimed = new Set(next.members.flatMap((member) => member.handles))
  const exclusive = new Set(plan.steps.filter(({ overlap }) => overlap === 'exclusive').map(({ name }) => name))
  const [beside, after] = byOrder(next, newcomers, exclusive)
  return {
    next,
    beside,
    after,
    reconfigured: pairs('reconfigure'),
    kept: pairs('keep'),
    waiting: plan.steps.flatMap(({ name, action, to, because = '' }) => {
      const member = byName.get(name)
      if (action !== 'wait' || member === undefined) return []
      const what = to === undefined ? 'removed' : `${to.component} ${to.version} in mode ${to.mode}`
      return [{ member, pending: `${what} at the next start: ${because}`, isWanted: to !== undefined }]
    }),
    removed: membersOf('remove'),
    retired: membersOf('retire'),
    orphans: handles.filter((handle) => !claimed.has(handle)),
  }
}

/** Who needs one that is started after the old lives have ended is started after it. */
function byOrder(
  { graph }: Generation,
  newcomers: readonly Newcomer[],
  exclusive: ReadonlySet<string>,
): [beside: Newcomer[][], after: Newcomer[][]] {
  const late = new Set<string>()
  const beside: Newcomer[][] = []
  const after: Newcomer[][] = []
  for (const level of levelsOf(graph)) {
    for (const name of level) {
      const needsLate = (graph.get(name) ?? []).some(({ to }) => late.has(to))
      if (exclusive.has(name) || (needsLate && newcomers.some(({ member }) => member.name === name))) late.add(name)
    }
    const here = newcomers.filter(({ member }) => level.includes(member.name))
    const [first, last] = [
      here.filter(({ member }) => !late.has(member.name)),
      here.filter(({ member }) => late.has(member.name)),
    ]
    if (first.length > 0) beside.push(first)
    if (last.length > 0) after.push(last)
  }
  return [beside, after]
}

function nameTaken(old: Member, wanted: MemberFacts): Error {
  return codedError(
    'APPLY_CONFLICT',
    `The entry ${wanted.name} is to be ${wanted.locked.use}, but ${old.title} was removed under that name and is in use`,
    { hint: 'give the new entry another name, or remove first what still uses the old one' },
  )
}

/** What uses a driver that was removed must go on reaching that one. */
function checkDriversFree(retired: Member, wanted: readonly MemberFacts[]): void {
  for (const { contract, driver } of retired.provides) {
    const other = wanted.find(
      ({ name, locked }) =>
        name !== retired.name &&
        driver !== undefined &&
        locked.provides.some((each) => each.contract === contract && each.driver === driver),
    )
    if (other === undefined) continue
    throw codedError(
      'APPLY_CONFLICT',
      `${other.name} is to provide ${contract} as ${driver}, but ${retired.title} was removed, has that name and is in use`,
      { hint: 'give the new driver another name, or remove first what still uses the old one' },
    )
  }
}
