import { codedError, type ContractDefinition, type Implementation, type Provision } from '@moby/contracts'
import { Handle } from './handle.ts'

/** The drivers that a component found while it runs, of the contracts that its descriptor provides dynamically. */
export class Offers {
  readonly #provides: readonly Provision[]
  readonly #component: string
  readonly #entry: string
  readonly #handles = new Set<Handle>()

  constructor(facts: { provides: readonly Provision[]; component: string; entry: string }) {
    this.#provides = facts.provides
    this.#component = facts.component
    this.#entry = facts.entry
  }

  /** Whether drivers of this contract may be found. */
  mayHave(contract: string): boolean {
    return this.#provides.some((provided) => provided.contract === contract)
  }

  handles(): readonly Handle[] {
    return [...this.#handles]
  }

  /**
   * A driver from now on, until the answered function is called with a reason. Fails when one of those that are
   * there has the name, when the descriptor does not allow it, and when the driver lacks a method.
   */
  add<C extends ContractDefinition>(
    { id: contract, methods }: C,
    driver: string,
    implementation: Implementation<C>,
    present: readonly Handle[],
  ): (reason: string) => void {
    const what = `${this.#entry} (${this.#component}) offers ${contract} as ${driver}`
    if (!this.mayHave(contract)) {
      throw codedError('COMPONENT_FAILED', `${what}, which its descriptor does not provide with dynamic: true`)
    }
    const target = implementation as Readonly<Record<string, unknown>>
    const lacking = Object.keys(methods).filter((method) => typeof target[method] !== 'function')
    if (lacking.length > 0) throw codedError('COMPONENT_FAILED', `${what}, but it lacks ${lacking.join(', ')}`)
    const taken = present.find((handle) => handle.contract === contract && handle.driver === driver)
    // It was offered by an earlier life of the component, and those who hold it reach this one from now on.
    if (taken !== undefined && this.#handles.has(taken) && taken.isEmpty) return this.#connect(taken, target)
    if (taken !== undefined) {
      throw codedError('DRIVER_NAME_TAKEN', `${what}, but ${taken.entry} (${taken.component}) has that name already`, {
        hint: 'give one of the two another name',
        details: { contract, driver, entry: taken.entry },
      })
    }
    return this.#connect(new Handle({ contract, driver, component: this.#component, entry: this.#entry }), target)
  }

  /** The drivers of a component that can come back are away until it does. */
  disconnectAll(reason: string): void {
    for (const handle of this.#handles) handle.disconnect(reason)
  }

  /** Gives up what a component that is back has not offered again. */
  settle(): void {
    for (const handle of this.#handles) {
      if (!handle.isEmpty) continue
      this.#handles.delete(handle)
      handle.disconnect('it is not offered any more')
    }
  }

  /** Puts its drivers behind the handles that others hold of the same drivers of an earlier version. */
  takeOver(earlier: Offers): void {
    for (const held of earlier.#handles) {
      const own = [...this.#handles].find(
        ({ contract, driver }) => contract === held.contract && driver === held.driver,
      )
      if (own?.target === undefined) held.disconnect('it is not offered any more')
      else {
        this.#handles.delete(own)
        this.#handles.add(held)
        held.connect(own.target.implementation, { component: this.#component, entry: this.#entry })
      }
    }
    earlier.#handles.clear()
  }

  withdrawAll(reason: string): void {
    for (const handle of this.#handles) handle.disconnect(reason)
    this.#handles.clear()
  }

  #connect(handle: Handle, target: Readonly<Record<string, unknown>>): (reason: string) => void {
    handle.connect(target)
    this.#handles.add(handle)
    return (reason) => {
      // Another handle may stand for it by now, or another driver behind this one.
      const now = [...this.#handles].find(({ target: held }) => held?.implementation === target)
      if (now === undefined) return
      this.#handles.delete(now)
      now.disconnect(reason)
    }
  }

  /** As `moby ls` of a running assembly shows them. */
  facts(): Provision[] {
    return [...this.#handles].map(({ contract, driver }) => ({
      contract,
      version: this.#provides.find((provided) => provided.contract === contract)?.version ?? '',
      ...(driver === undefined ? {} : { driver }),
    }))
  }
}
