import {
  codedError,
  type ContractDefinition,
  type DriverSet,
  type Implementation,
  type NamedDriver,
} from '@moby/contracts'
import { didYouMean } from '../manifest/did-you-mean.ts'
import { deferredDriver } from './deferred-driver.ts'
import type { Handle } from './handle.ts'

type Method = (...args: unknown[]) => unknown

/** Where a set finds its drivers. */
export interface DriverSource {
  /** Those that are there at this moment, or are known and away. */
  handles(): readonly Handle[]
  /** Has the components that find drivers at run time look for this one, and returns when they have. */
  discover(name: string): void
  /**
   * Asks those that cannot answer at once, in processes of their own. Undefined when there are none; settles, never
   * fails, when they have looked.
   */
  seek(name: string): Promise<unknown> | undefined
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
    if (handle === undefined) return this.#sought(name)
    if (handle.isAway) throw handle.away()
    return handle.as(this.#contract)
  }

  /** One that may turn up in another process: its calls wait until that has looked. */
  #sought(name: string): Implementation<C> {
    const seeking = this.#source.seek(name)
    if (seeking === undefined) throw this.#unknown(name)
    const find = async (): Promise<Readonly<Record<string, Method>>> => {
      await seeking
      const found = this.#known(name)
      if (found === undefined) throw this.#unknown(name)
      return found.as(this.#contract) as unknown as Readonly<Record<string, Method>>
    }
    return deferredDriver(this.#contract, find) as Implementation<C>
  }

  #unknown(name: string): Error {
    const names = this.#source.handles().flatMap(({ driver }) => driver ?? [])
    const near = didYouMean(name, names)
    const known = names.length === 0 ? 'the assembly has none' : `the assembly has ${names.join(', ')}`
    return codedError('DRIVER_UNKNOWN', `There is no driver ${name} of ${this.#contract.id}`, {
      hint: near === undefined ? known : `did you mean ${near}?`,
      details: { driver: name, contract: this.#contract.id, known: names },
    })
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
    const known = this.#known(name)
    if (known !== undefined) return known
    this.#source.discover(name)
    return this.#known(name)
  }

  #known(name: string): Handle | undefined {
    return this.#source.handles().find(({ driver }) => driver === name)
  }
}
