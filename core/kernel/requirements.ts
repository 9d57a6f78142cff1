import { componentLauncher } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import type { DriverSource } from './driver-set.ts'
import type { Reach } from './handle.ts'
import { OneProvider } from './one-provider.ts'

/** The assembly as a life of a component sees it: as it is at each question. */
export interface Surround {
  members(): readonly Member[]
  /** How it holds the handles of others. */
  readonly reach: Reach
}

/** A contract that a component requires, and those that provide it. */
export interface Requirement {
  readonly contract: string
  /** Every driver by name; otherwise the one provider, if there is one. */
  readonly many: boolean
  /** Where the drivers are found, those of run time with them. */
  readonly source: DriverSource
  /** Only without `many`: the provider, if there was one at the start. */
  readonly provider: OneProvider | undefined
}

/** What the descriptor of a component asks for, found among the others. */
export function requirementsOf(member: Member, surround: Surround): readonly Requirement[] {
  // Who runs in a container needs the launcher, and must not reach it.
  const own = member.locked.requires.filter(
    ({ contract }) => member.locked.mode !== 'container' || contract !== componentLauncher.id,
  )
  const others = (): Member[] => surround.members().filter(({ name }) => name !== member.name)
  return own.map(({ contract, many = false }) => {
    const source = driverSource(contract, others, surround.reach)
    if (many) return { contract, many, source, provider: undefined }
    const provider = new OneProvider(contract, others, surround.reach)
    return { contract, many, source, provider: provider.isThere ? provider : undefined }
  })
}

/** The drivers of a contract as they are at each moment, those found at run time with them. */
function driverSource(contract: string, others: () => readonly Member[], reach: Reach): DriverSource {
  const providers = (): Member[] =>
    others().filter((other) => other.provides.some((provided) => provided.contract === contract))
  const handlesOf = (members: readonly Member[]) =>
    members
      .flatMap(({ handles, offers }) => [...handles, ...offers.handles()])
      .filter((handle) => handle.contract === contract)
  return {
    reach,
    handles: () => handlesOf(providers().filter(({ isRetired }) => !isRetired)),
    retired: () => handlesOf(providers().filter(({ isRetired }) => isRetired)),
    discover: (name) => {
      for (const { offers, running } of providers()) if (offers.mayHave(contract)) running?.discover?.(contract, name)
    },
    seek: (name) => {
      const finders = providers().filter(({ offers }) => offers.mayHave(contract))
      const asked = finders.flatMap(({ running }) => running?.seek?.(contract, name) ?? [])
      return asked.length === 0 ? undefined : Promise.allSettled(asked)
    },
  }
}
