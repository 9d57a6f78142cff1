import {
  codedError,
  type ContractDefinition,
  type DriverSet,
  type Implementation,
  type NamedDriver,
} from '@moby/contracts'
import { didYouMean } from '../manifest/did-you-mean.ts'
import type { Handle } from './handle.ts'

/** Where a set finds its drivers. */
export interface DriverSource {
  /** Those that are there at this moment, or are known and away. */
  handles(): readonly Handle[]
  /** Has the components that find drivers at run time look for this one, and returns when they have. */
  discover(name: string): void
}

/** The drivers of a contract in the assembly, as they are at the moment of each question. */
export class LiveDriverSet<C extends ContractDefinition> implements DriverSet<C> {
  readonly #contract: C
  readonly #source: DriverSource

  constructor(contract: C, source: DriverSource) {
    this.#contract = contract
    this.#source = source
  }

  get(name: string): Implementation<C> {
    const handle = this.#find(name)
    if (handle === undefined) {
      const names = this.#source.handles().flatMap(({ driver }) => driver ?? [])
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
    return this.#find(name) !== undefined
  }

  /** Those that can be used now. */
  list(): readonly NamedDriver<C>[] {
    return this.#source
      .handles()
      .filter(({ isAway }) => !isAway)
      .map((handle) => ({
        name: handle.driver ?? handle.entry,
        component: handle.component,
        handle: handle.as(this.#contract),
      }))
  }

  #find(name: string): Handle | undefined {
    const known = this.#source.handles().find(({ driver }) => driver === name)
    if (known !== undefined) return known
    this.#source.discover(name)
    return this.#source.handles().find(({ driver }) => driver === name)
  }
}
