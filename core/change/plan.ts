import type { ContractDefinition } from '@moby/contracts'

/**
 * What a change does with an entry. `keep`: nothing. `add`, `remove`: a component comes or goes. `replace`: a new life
 * takes over. `reconfigure`: the life that there is takes a new configuration. `retire`: removed and still used, it
 * stays for what uses it. `wait`: the next start of the engine does it.
 */
export const changeActions = ['keep', 'add', 'replace', 'reconfigure', 'remove', 'retire', 'wait'] as const
export type ChangeAction = (typeof changeActions)[number]

/** One side of a change: what runs, or what is wanted. */
export interface ChangeSide {
  readonly component: string
  readonly version: string
  readonly mode: string
}

/** What a change does with one entry, and why. */
export interface ChangeStep {
  readonly name: string
  readonly action: ChangeAction
  /** What runs; absent for what is added. */
  readonly from?: ChangeSide | undefined
  /** What is wanted; absent for what is removed. */
  readonly to?: ChangeSide | undefined
  /** What differs, in words: `version 0.1.0 -> 0.2.0`, `config maxSize`. */
  readonly changes: readonly string[]
  /** Permissions and grants that it has afterwards and had not before; the other way round. */
  readonly grows: readonly string[]
  readonly shrinks: readonly string[]
  /** Of a replacement. */
  readonly overlap?: ContractDefinition['overlap'] | undefined
  /** Why it waits; who still uses it. */
  readonly because?: string | undefined
}

/** What a change does, entry by entry: in the order of what is wanted, what goes at the end. */
export interface Plan {
  readonly steps: readonly ChangeStep[]
}

/** True when a plan changes nothing. */
export function isEmpty({ steps }: Plan): boolean {
  return steps.every(({ action }) => action === 'keep')
}
