import type { CurrentGeneration } from '../kernel/generation.ts'
import type { Remind } from '../lifecycle/lifecycle.ts'
import { implementationOf } from '../lifecycle/member.ts'

/** Has those who take many drivers of a contract tell a new life what the last one knew. */
export function remindOthers(current: CurrentGeneration): Remind {
  return async (member, running) => {
    for (const { contract, driver } of member.provides) {
      if (driver === undefined) continue
      for (const other of current.value.members) {
        const takesMany = other.locked.requires.some((each) => each.contract === contract && each.many === true)
        if (other.name === member.name || !takesMany) continue
        await other.running?.remind?.(contract, driver, implementationOf(running, contract))
      }
    }
  }
}
