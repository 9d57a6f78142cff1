import {
  codedError,
  type ContractDefinition,
  type DriverSet,
  type Implementation,
  type NamedDriver,
} from '@moby/contracts'
import { didYouMean } from '../manifest/did-you-mean.ts'
import type { Handle } from './handle.ts'

/** The drivers of a contract in the assembly, as they are at the moment of each question. */
export class LiveDriverSet<C extends ContractDefinition> implements DriverSet<C> {
  readonly #contract: C
  readonly #handles: readonly Handle[]

  constructor(contract: C, handles: readonly Handle[]) {
    this.#contract = contract
    this.#handles = handles
  }

  get(name: string): Implementation<C> {
    const handle = this.#handles.find(({ driver }) => driver === name)
    if (handle === undefined) {
      const names = this.#handles.flatMap(({ driver }) => driver ?? [])
      const near = didYouMean(name, names)
      const known = names.length === 0 ? 'the assembly has none' : `the assembly has ${names.join(', ')}`
      throw codedError('DRIVER_UNKNOWN', `There is no driver ${name} of ${this.#contract.id}`, {
        hint: near === undefined ? known : `did you mean ${near}?`,
        details: { driver: name, contract: this.#contract.id, known: names },
      })
    }
    if (handle.isAway) throw handle.away()
    return handle.as(this.#contract)
  }

  /** True also for a driver that is away. */
  has(name: string): boolean {
    return this.#handles.some(({ driver }) => driver === name)
  }

  /** Those that can be used now. */
  list(): readonly NamedDriver<C>[] {
    return this.#handles
      .filter(({ isAway }) => !isAway)
      .map((handle) => ({
        name: handle.driver ?? handle.entry,
        component: handle.component,
        handle: handle.as(this.#contract),
      }))
  }
}
