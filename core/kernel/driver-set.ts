import {
  codedError,
  type ContractDefinition,
  type DriverSet,
  type DriverUse,
  type Implementation,
  type NamedDriver,
} from '@moby/contracts'
import { didYouMean } from '../manifest/did-you-mean.ts'
import { deferredDriver } from './deferred-driver.ts'
import type { Handle, Reach } from './handle.ts'

type Method = (...args: unknown[]) => unknown

/** Where a set finds its drivers. */
export interface DriverSource {
  /** Those that are there at this moment, or are known and away. */
  handles(): readonly Handle[]
  /** Those of components that were removed, for what still uses them. */
  retired(): readonly Handle[]
  /** How the one who asks holds them. */
  readonly reach: Reach
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

  get(name: string, use: DriverUse = 'object'): Implementation<C> {
    const handle = this.#find(name, use)
    if (handle === undefined) {
      const retired = this.#source.retired().find(({ driver }) => driver === name)
      if (retired !== undefined) throw this.#removed(name, retired)
      return this.#sought(name)
    }
    if (handle.isAway) throw handle.away()
    return handle.as(this.#contract, this.#source.reach)
  }

  /** One that may turn up in another process: its calls wait until that has looked. */
  #sought(name: string): Implementation<C> {
    const seeking = this.#source.seek(name)
    if (seeking === undefined) throw this.#unknown(name)
    const find = async (): Promise<Readonly<Record<string, Method>>> => {
      await seeking
      const found = this.#known(name)
      if (found === undefined) throw this.#unknown(name)
      return found.as(this.#contract, this.#source.reach) as unknown as Readonly<Record<string, Method>>
    }
    return deferredDriver(this.#contract, find) as Implementation<C>
  }

  #removed(name: string, { entry }: Handle): Error {
    return codedError('DRIVER_UNKNOWN', `There is no driver ${name} of ${this.#contract.id} any more: it was removed`, {
      hint: `what has it can be used and removed; for new ones put ${entry} back into the assembly`,
      details: { driver: name, contract: this.#contract.id, removed: true },
    })
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
  has(name: string, use: DriverUse = 'object'): boolean {
    return this.#find(name, use) !== undefined
  }

  /** Those that can be used now. */
  list(use: DriverUse = 'new'): readonly NamedDriver<C>[] {
    return [...this.#source.handles(), ...(use === 'object' ? this.#source.retired() : [])]
      .filter(({ isAway }) => !isAway)
      .map((handle) => ({
        name: handle.driver ?? handle.entry,
        component: handle.component,
        handle: handle.as(this.#contract, this.#source.reach),
      }))
  }

  #find(name: string, use: DriverUse): Handle | undefined {
    const known = this.#known(name)
    if (known !== undefined) return known
    const retired = this.#source.retired().find(({ driver }) => driver === name)
    if (retired !== undefined) return use === 'object' ? retired : undefined
    this.#source.discover(name)
    return this.#known(name)
  }

  #known(name: string): Handle | undefined {
    return this.#source.handles().find(({ driver }) => driver === name)
  }
}
