import { hasCode } from '@moby/contracts'
import { isDeepStrictEqual } from 'node:util'
import type { Member, MemberFacts } from '../lifecycle/member.ts'
import type { RunningEntry } from './make-plan.ts'

/**
 * What runs, as far as a change must know it: which of the components would take their new configuration, and who uses
 * those that are to go. Throws what a component finds wrong with its new configuration.
 */
export async function runningEntries(
  members: readonly Member[],
  wanted: readonly MemberFacts[],
): Promise<readonly RunningEntry[]> {
  const byName = new Map(wanted.map((each) => [each.name, each]))
  return await Promise.all(
    members.map(async (member) => {
      const to = byName.get(member.name)
      return {
        facts: member.facts,
        canTake: to !== undefined && (await canTake(member, to)),
        holders: to === undefined ? holdersOf(member, members) : [],
      }
    }),
  )
}

/** What holds a driver of a component, in the words of a user. */
export function holdersOf(member: Member, members: readonly Member[]): readonly string[] {
  const drivers = member.provides.flatMap(({ contract, driver }) =>
    driver === undefined ? [] : [{ contract, driver }],
  )
  return members.flatMap(({ running }) =>
    drivers.flatMap(({ contract, driver }) => running?.holds?.(contract, driver) ?? []),
  )
}

/** Asks only where nothing but the configuration differs: what was prepared is dropped. */
async function canTake({ running, facts }: Member, to: MemberFacts): Promise<boolean> {
  if (running?.reconfigure === undefined || isDeepStrictEqual(facts.config, to.config)) return false
  try {
    await running.reconfigure(to.config)
    return true
  } catch (error) {
    if (hasCode(error, 'RECONFIGURE_LATER')) return false
    throw error
  }
}
