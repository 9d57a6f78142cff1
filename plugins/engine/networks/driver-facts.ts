import type { DriverSet, networkDriver, ResponseOf } from '@moby/contracts'

export type NetworkCapabilities = ResponseOf<typeof networkDriver, 'capabilities'>

/** What network drivers say of themselves, asked once for each. */
export class DriverFacts {
  readonly #drivers: DriverSet<typeof networkDriver>
  readonly #known = new Map<string, NetworkCapabilities>()

  constructor(drivers: DriverSet<typeof networkDriver>) {
    this.#drivers = drivers
  }

  /** To be called when another version of a driver takes over. */
  forget(driver: string): void {
    this.#known.delete(driver)
  }

  /** Fails with DRIVER_UNKNOWN or DRIVER_AWAY. */
  async of(driver: string): Promise<NetworkCapabilities> {
    const known = this.#known.get(driver)
    if (known !== undefined) return known
    const facts = await this.#drivers.get(driver).capabilities({})
    this.#known.set(driver, facts)
    return facts
  }
}
