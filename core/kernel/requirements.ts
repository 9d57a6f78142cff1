import { componentLauncher } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import type { DriverSource } from './driver-set.ts'
import type { Handle } from './handle.ts'

/** A contract that a component requires, and the handles of those that provide it. */
export interface Requirement {
  readonly contract: string
  /** Every driver by name; otherwise the one provider, if there is one. */
  readonly many: boolean
  readonly handles: readonly Handle[]
  /** Where the drivers are found, those of run time with them. */
  readonly source: DriverSource
}

/** What the descriptor of a component asks for, found among the others. */
export function requirementsOf(member: Member, others: readonly Member[]): readonly Requirement[] {
  // Who runs in a container needs the launcher, and must not reach it.
  const own = member.locked.requires.filter(
    ({ contract }) => member.locked.mode !== 'container' || contract !== componentLauncher.id,
  )
  return own.map(({ contract, many = false }) => {
    const provided = others
      .filter((other) => other !== member)
      .flatMap((other) =>
        other.handles.filter((handle) => handle.contract === contract).map((handle) => ({ other, handle })),
      )
    const source = driverSource(contract, member, others)
    if (many) return { contract, many, source, handles: provided.map(({ handle }) => handle) }
    // One that is away now counts if it can come back: its handle is connected again then.
    const chosen = provided.find(({ handle }) => !handle.isAway) ?? provided.find(({ other }) => other.canComeBack)
    return { contract, many, source, handles: chosen === undefined ? [] : [chosen.handle] }
  })
}

/** The drivers of a contract as they are at each moment, those found at run time with them. */
function driverSource(contract: string, member: Member, others: readonly Member[]): DriverSource {
  const providers = others.filter(
    (other) => other !== member && other.provides.some((provided) => provided.contract === contract),
  )
  const finders = providers.filter(({ offers }) => offers.mayHave(contract))
  return {
    handles: () =>
      providers
        .flatMap(({ handles, offers }) => [...handles, ...offers.handles()])
        .filter((handle) => handle.contract === contract),
    discover: (name) => {
      for (const finder of finders) finder.running?.discover?.(contract, name)
    },
    seek: (name) => {
      const asked = finders.flatMap(({ running }) => running?.seek?.(contract, name) ?? [])
      return asked.length === 0 ? undefined : Promise.allSettled(asked)
    },
  }
}
