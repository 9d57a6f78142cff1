import {
  codedError,
  type ContractDefinition,
  type DriverSet,
  type DriverUse,
  type Implementation,
  type Logger,
  type NamedDriver,
} from '@moby/contracts'

type Method = (...args: unknown[]) => unknown

export interface ReturningDriversParts<C extends ContractDefinition> {
  /** Without streams that must wait. */
  readonly contract: C
  readonly inner: DriverSet<C>
  /** Tells a driver again what it forgot with its process. */
  readonly replay: (name: string, driver: Implementation<C>) => Promise<void>
  readonly log: Logger
}

/**
 * Drivers whose processes may end and be started again while the engine goes on. What such a driver forgot is told to
 * it again before anybody else reaches it; meanwhile calls wait, and while it is away they fail at once.
 */
export class ReturningDrivers<C extends ContractDefinition> implements DriverSet<C> {
  readonly #parts: ReturningDriversParts<C>
  readonly #replays = new Map<string, Promise<void>>()
  readonly #views = new Map<string, { readonly handle: Implementation<C>; readonly view: Implementation<C> }>()

  constructor(parts: ReturningDriversParts<C>) {
    this.#parts = parts
  }

  /** To be called in the same turn in which the driver is reachable again. */
  returned(name: string): void {
    const { inner, replay, log } = this.#parts
    const work = (async () => {
      try {
        await replay(name, inner.get(name))
      } catch (error) {
        log.error('a driver that came back was not told all that it had forgotten', {
          driver: name,
          error: String(error),
        })
      }
    })()
    this.#replays.set(name, work)
    void work.finally(() => {
      if (this.#replays.get(name) === work) this.#replays.delete(name)
    })
  }

  get(name: string, use?: DriverUse): Implementation<C> {
    return this.#viewOf(name, this.#parts.inner.get(name, use))
  }

  has(name: string, use?: DriverUse): boolean {
    return this.#parts.inner.has(name, use)
  }

  list(use?: DriverUse): readonly NamedDriver<C>[] {
    return this.#parts.inner
      .list(use)
      .map((driver) => ({ ...driver, handle: this.#viewOf(driver.name, driver.handle) }))
  }

  #viewOf(name: string, handle: Implementation<C>): Implementation<C> {
    const known = this.#views.get(name)
    if (known?.handle === handle) return known.view
    const target = handle as unknown as Readonly<Record<string, Method>>
    const methods = Object.keys(this.#parts.contract.methods).map((method): [string, Method] => [
      method,
      async (...args) => {
        await this.#replays.get(name)
        const call = target[method]
        if (call !== undefined) return await call.apply(target, args)
        throw codedError('NOT_SUPPORTED', `The driver ${name} does not offer ${this.#parts.contract.id}.${method}`)
      },
    ])
    const view = Object.freeze(Object.fromEntries(methods)) as unknown as Implementation<C>
    this.#views.set(name, { handle, view })
    return view
  }
}
