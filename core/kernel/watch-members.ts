import type { AssemblyFacts } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import type { EngineLog } from './log.ts'

/** Lets others hear of every change in the status of a member. A listener that throws disturbs nobody else. */
export function watchMembers(members: readonly Member[], log: EngineLog): AssemblyFacts['watch'] {
  const listeners = new Set<Parameters<AssemblyFacts['watch']>[0]>()
  for (const member of members) {
    member.onChange = () => {
      for (const listener of listeners) {
        try {
          listener(member.facts())
        } catch (error) {
          log.kernel.error('a listener of the assembly failed', { error: String(error) })
        }
      }
    }
  }
  return (listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
}
