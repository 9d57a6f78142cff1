import { codedError, type ContractDefinition, type Implementation } from '@moby/contracts'

type Method = (...args: unknown[]) => unknown

/**
 * What stands behind a contract of one component. The object that others hold (`as`) stays the same
 * for the life of the assembly, while the kernel may put another implementation behind it or none.
 */
export class Handle {
  readonly contract: string
  /** `scope/name@version`. */
  readonly component: string
  /** Name of the entry in the manifest. */
  readonly entry: string
  /** Name by which it is selected; undefined for contracts that an assembly has once. */
  readonly driver: string | undefined
  #target: Readonly<Record<string, unknown>> | undefined
  #reason = 'it has not been started'
  readonly #views = new WeakMap<ContractDefinition, unknown>()

  constructor(facts: { contract: string; component: string; entry: string; driver: string | undefined }) {
    this.contract = facts.contract
    this.component = facts.component
    this.entry = facts.entry
    this.driver = facts.driver
  }

  get isAway(): boolean {
    return this.#target === undefined
  }

  /** Puts an implementation behind the handle. */
  connect(target: Readonly<Record<string, unknown>>): void {
    this.#target = target
  }

  /** From now on every call fails with DRIVER_AWAY and this reason. */
  disconnect(reason: string): void {
    this.#target = undefined
    this.#reason = reason
  }

  /**
   * The handle in the form of its contract: one function for each method. Components with a copy of the
   * contracts of their own may know other methods, so each definition has its form.
   */
  as<C extends ContractDefinition>(contract: C): Implementation<C> {
    const known = this.#views.get(contract)
    if (known !== undefined) return known as Implementation<C>
    const view = Object.freeze(
      Object.fromEntries(
        Object.entries(contract.methods).map(([name, { output }]): [string, Method] => [
          name,
          output === undefined ? this.#call(name) : this.#stream(name),
        ]),
      ),
    )
    this.#views.set(contract, view)
    return view as Implementation<C>
  }

  away(): Error {
    const name = this.driver === undefined ? this.contract : `The driver ${this.driver} of ${this.contract}`
    return codedError('DRIVER_AWAY', `${name} is away: ${this.#reason}`, {
      hint: `see what happened to ${this.entry} in the log of the engine`,
      details: { driver: this.driver, contract: this.contract, entry: this.entry },
    })
  }

  #method(name: string): { target: unknown; method: Method } {
    const target = this.#target
    if (target === undefined) throw this.away()
    const method = target[name]
    if (typeof method === 'function') return { target, method: method as Method }
    throw codedError('NOT_SUPPORTED', `${this.entry} (${this.component}) does not offer ${this.contract}.${name}`)
  }

  #call(name: string): Method {
    return async (...args) => {
      const { target, method } = this.#method(name)
      return await (method.apply(target, args) as Promise<unknown>)
    }
  }

  /** A stream fails through its iterator, so that a caller has one place to catch. */
  #stream(name: string): Method {
    return (...args) => {
      try {
        const { target, method } = this.#method(name)
        return method.apply(target, args)
      } catch (error) {
        const fail = () => Promise.reject(error as Error)
        return { [Symbol.asyncIterator]: () => ({ next: fail }) } satisfies AsyncIterable<unknown>
      }
    }
  }
}
