import type { ComponentContext, ContractDefinition, Implementation } from '@moby/contracts'
import { knownContract } from './requirement-server.ts'

export interface RemoteOffersParts {
  readonly offer: ComponentContext['offer']
  /** A driver of the component, by its name. */
  readonly driverOf: (contract: ContractDefinition, name: string) => Readonly<Record<string, unknown>>
}

/** The drivers that one life of a component in a process of its own has offered over the kernel's socket. */
export class RemoteOffers {
  readonly #parts: RemoteOffersParts
  readonly #withdraws = new Map<string, (reason: string) => void>()

  constructor(parts: RemoteOffersParts) {
    this.#parts = parts
  }

  /** An offer that is repeated is success. Fails with DRIVER_NAME_TAKEN or COMPONENT_FAILED. */
  add({ contract: id, driver }: { readonly contract: string; readonly driver: string }): void {
    const key = `${id} ${driver}`
    if (this.#withdraws.has(key)) return
    const contract = knownContract(id)
    const remote = this.#parts.driverOf(contract, driver) as Implementation<ContractDefinition>
    this.#withdraws.set(key, this.#parts.offer(contract, driver, remote))
  }

  /** One that was not offered is success. */
  withdraw({ contract, driver, reason }: { contract: string; driver: string; reason: string }): void {
    const key = `${contract} ${driver}`
    this.#withdraws.get(key)?.(reason)
    this.#withdraws.delete(key)
  }
}
