import {
  codedError,
  hasCode,
  type CallOptions,
  type ContractDefinition,
  type Implementation,
  type MethodDefinition,
} from '@moby/contracts'
import { Gate } from './gate.ts'
import { followStream } from './handle-stream.ts'
import { Target } from './target.ts'

type Method = (...args: unknown[]) => unknown

/** Who stands behind a handle. */
export interface HandleOwner {
  /** `scope/name@version`. */
  readonly component: string
  /** Name of the entry in the manifest. */
  readonly entry: string
}

/**
 * Who holds a handle. `early`: a life that has not taken over yet; it reaches the new lives of its own change before
 * others do, and waits at no gate for them.
 */
export type Reach = 'usual' | 'early'

/**
 * What stands behind a contract of one component. The object that others hold (`as`) stays the same
 * for the life of the assembly, while the kernel may put another implementation behind it or none.
 */
export class Handle {
  readonly contract: string
  /** Name by which it is selected; undefined for contracts that an assembly has once. */
  readonly driver: string | undefined
  #owner: HandleOwner
  #target: Target | undefined
  #early: Target | undefined
  #gate: Gate | undefined
  #reason = 'it has not been started'
  readonly #views = {
    usual: new WeakMap<ContractDefinition, unknown>(),
    early: new WeakMap<ContractDefinition, unknown>(),
  }

  constructor(facts: HandleOwner & { contract: string; driver: string | undefined }) {
    this.contract = facts.contract
    this.driver = facts.driver
    this.#owner = facts
  }

  get component(): string {
    return this.#owner.component
  }

  get entry(): string {
    return this.#owner.entry
  }

  /** False also while calls wait for the next life. */
  get isAway(): boolean {
    return this.#target === undefined && this.#gate === undefined
  }

  /** True when nobody stands behind it, also while calls wait for the next one. */
  get isEmpty(): boolean {
    return this.#target === undefined
  }

  /** The life that calls reach now. */
  get target(): Target | undefined {
    return this.#target
  }

  /** Puts an implementation behind the handle; calls that wait go on with it. */
  connect(implementation: Readonly<Record<string, unknown>>, owner: HandleOwner = this.#owner): void {
    this.#target = this.#early?.implementation === implementation ? this.#early : new Target(implementation)
    this.#owner = owner
    this.#early = undefined
    this.release()
  }

  /** From now on every call fails with DRIVER_AWAY and this reason; those that wait, too. */
  disconnect(reason: string): void {
    this.#target = undefined
    this.#early = undefined
    this.#reason = reason
    this.release()
  }

  /** From now on calls wait, each within the deadline of its method, until `connect`, `disconnect` or `release`. */
  hold(): void {
    this.#gate ??= new Gate()
  }

  /** Nobody stands behind it any more; calls that wait go on waiting. */
  vacate(): void {
    this.#target = undefined
  }

  /** Calls go on with what stands behind it. */
  release(): void {
    const gate = this.#gate
    this.#gate = undefined
    gate?.open()
  }

  /** Shows a life that is about to take over to those that take over together with it; undefined takes it back. */
  showEarly(implementation: Readonly<Record<string, unknown>> | undefined): void {
    this.#early = implementation === undefined ? undefined : new Target(implementation)
  }

  /**
   * The handle in the form of its contract: one function for each method. Components with a copy of the
   * contracts of their own may know other methods, so each definition has its form.
   */
  as<C extends ContractDefinition>(contract: C, reach: Reach = 'usual'): Implementation<C> {
    const views = this.#views[reach]
    const known = views.get(contract)
    if (known !== undefined) return known as Implementation<C>
    const view = Object.freeze(
      Object.fromEntries(
        Object.entries(contract.methods).map(([name, method]): [string, Method] => [
          name,
          method.output === undefined ? this.#call(name, method, reach) : this.#stream(name, method, reach),
        ]),
      ),
    )
    views.set(contract, view)
    return view as Implementation<C>
  }

  away(): Error {
    return codedError('DRIVER_AWAY', `${this.#title} is away: ${this.#reason}`, {
      hint: `see what happened to ${this.entry} in the log of the engine`,
      details: { driver: this.driver, contract: this.contract, entry: this.entry },
    })
  }

  get #title(): string {
    return this.driver === undefined ? this.contract : `The driver ${this.driver} of ${this.contract}`
  }

  /** What a call reaches now; undefined when it has to wait. */
  #reachable(reach: Reach): Target | undefined {
    if (reach === 'early' && this.#early !== undefined) return this.#early
    if (this.#gate !== undefined) return undefined
    if (this.#target === undefined) throw this.away()
    return this.#target
  }

  async #wait(reach: Reach, { deadlineMs = 0 }: MethodDefinition, call: CallOptions | undefined): Promise<Target> {
    for (;;) {
      const target = this.#reachable(reach)
      if (target !== undefined) return target
      await this.#gate?.pass(deadlineMs, call, (waitedMs) =>
        codedError('DRIVER_AWAY', `${this.#title} is being replaced, and the call has waited for ${waitedMs} ms`, {
          hint: 'try again; moby status tells how the change goes',
          details: { driver: this.driver, contract: this.contract, entry: this.entry },
        }),
      )
    }
  }

  #method({ implementation }: Target, name: string): Method {
    const method = implementation[name]
    if (typeof method === 'function') return method as Method
    throw codedError('NOT_SUPPORTED', `${this.entry} (${this.component}) does not offer ${this.contract}.${name}`)
  }

  #call(name: string, method: MethodDefinition, reach: Reach): Method {
    const attempt = async (args: unknown[], isLast: boolean): Promise<unknown> => {
      // Only a call that must wait loses the turn in which it was made.
      const target = this.#reachable(reach) ?? (await this.#wait(reach, method, optionsOf(method, args)))
      const leave = target.enter('call')
      try {
        return await this.#method(target, name).apply(target.implementation, args)
      } catch (error) {
        // What was cut off by a replacement and may be repeated is not the caller's affair.
        const mayRepeat = !isLast && target.isLeaving && method.idempotent === true && method.input === undefined
        if (!mayRepeat || !hasCode(error, 'DRIVER_LOST', 'DRIVER_AWAY')) throw error
      } finally {
        leave()
      }
      return await attempt(args, true)
    }
    return async (...args) => await attempt(args, false)
  }

  /** A stream fails through its iterator, so that a caller has one place to catch. */
  #stream(name: string, method: MethodDefinition, reach: Reach): Method {
    const open = (target: Target, args: unknown[]) =>
      followStream(
        target,
        this.#method(target, name).apply(target.implementation, args) as AsyncIterable<unknown>,
        () =>
          codedError('DRIVER_REPLACED', `${this.#title} was replaced while ${name} was read`, {
            hint: 'ask again for what is missing',
            details: { driver: this.driver, contract: this.contract, entry: this.entry },
          }),
      )
    return (...args) => {
      try {
        const target = this.#reachable(reach)
        if (target !== undefined) return open(target, args)
        return openLater(async () => open(await this.#wait(reach, method, optionsOf(method, args)), args))
      } catch (error) {
        const fail = () => Promise.reject(error as Error)
        return { [Symbol.asyncIterator]: () => ({ next: fail }) } satisfies AsyncIterable<unknown>
      }
    }
  }
}

function optionsOf({ input }: MethodDefinition, args: readonly unknown[]): CallOptions | undefined {
  return args[input === undefined ? 1 : 2] as CallOptions | undefined
}

async function* openLater(open: () => Promise<AsyncIterable<unknown>>): AsyncIterable<unknown> {
  yield* await open()
}
