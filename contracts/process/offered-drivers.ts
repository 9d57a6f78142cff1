import type { ContractDefinition, Implementation } from '../component/contract.ts'
import type { Logger } from '../component/define-component.ts'
import { componentKernel } from '../component/kernel.ts'
import { codedError } from '../errors/index.ts'
import type { Peer } from '../wire/connect.ts'
import type { ServedContract } from '../wire/serve.ts'

export interface OfferedDriversParts {
  /** Name of the entry in the assembly, for messages. */
  readonly entry: string
  /** Definitions of the contracts of which drivers may be offered. */
  readonly contracts: readonly ContractDefinition[]
  /** The kernel, on the socket of what is required. */
  readonly kernel: Peer
  readonly log: Logger
}

/**
 * Drivers that a component in a process of its own found while it runs: served on its socket, and made known to the
 * kernel in the order in which they were offered and taken back.
 */
export class OfferedDrivers {
  readonly #parts: OfferedDriversParts
  readonly #drivers = new Map<string, Map<string, object>>()
  #telling: Promise<void> = Promise.resolve()

  constructor(parts: OfferedDriversParts) {
    this.#parts = parts
    for (const { id } of parts.contracts) this.#drivers.set(id, new Map())
  }

  /** What `ComponentContext.offer` promises; that another component has the name the kernel says later. */
  add<C extends ContractDefinition>(contract: C, name: string, driver: Implementation<C>): (reason: string) => void {
    const what = `${this.#parts.entry} offers ${contract.id} as ${name}`
    const known = this.#drivers.get(contract.id)
    if (known === undefined) {
      throw codedError('COMPONENT_FAILED', `${what}, which its descriptor does not provide with dynamic: true`)
    }
    const target = driver as Readonly<Record<string, unknown>>
    const lacking = Object.keys(contract.methods).filter((method) => typeof target[method] !== 'function')
    if (lacking.length > 0) throw codedError('COMPONENT_FAILED', `${what}, but it lacks ${lacking.join(', ')}`)
    if (known.has(name)) {
      throw codedError('DRIVER_NAME_TAKEN', `${what}, but it has offered another one under that name already`, {
        hint: 'give one of the two another name',
        details: { contract: contract.id, driver: name, entry: this.#parts.entry },
      })
    }
    known.set(name, target)
    const isHere = () => known.get(name) === target
    const which = { contract: contract.id, driver: name }
    const kernel = this.#parts.kernel.contract(componentKernel)
    this.#tell(which, async () => {
      if (!isHere()) return
      await kernel.offer(which).catch((error: unknown) => {
        if (isHere()) known.delete(name)
        throw error
      })
    })
    return (reason) => {
      if (!isHere()) return
      known.delete(name)
      this.#tell(which, () => kernel.withdraw({ ...which, reason }))
    }
  }

  /** Settles, never fails, when the kernel knows what has been offered so far. */
  async told(): Promise<void> {
    await this.#telling
  }

  served(): ServedContract[] {
    return this.#parts.contracts.map((contract) => ({
      contract,
      implementation: {},
      driver: '',
      find: (name) => this.#drivers.get(contract.id)?.get(name),
    }))
  }

  #tell(which: { readonly contract: string; readonly driver: string }, work: () => Promise<unknown>): void {
    this.#telling = this.#telling.then(work).then(
      () => undefined,
      (error: unknown) =>
        this.#parts.log.warn('a driver that was found is not known to the kernel', {
          ...which,
          reason: error instanceof Error ? error.message : String(error),
        }),
    )
  }
}
