import type { AssemblyFacts } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import type { EngineLog } from './log.ts'

type Listener = Parameters<AssemblyFacts['watch']>[0]

/** Lets others hear of every change in the status of a member. A listener that throws disturbs nobody else. */
export class MemberWatch {
  readonly #log: EngineLog
  readonly #listeners = new Set<Listener>()

  constructor(log: EngineLog) {
    this.#log = log
  }

  follow(members: readonly Member[]): void {
    for (const member of members) member.onChange = () => this.#tell(member)
  }

  leave(members: readonly Member[]): void {
    for (const member of members) member.onChange = () => undefined
  }

  readonly watch: AssemblyFacts['watch'] = (listener) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #tell(member: Member): void {
    for (const listener of this.#listeners) {
      try {
        listener(member.tell())
      } catch (error) {
        this.#log.kernel.error('a listener of the assembly failed', { error: String(error) })
      }
    }
  }
}
