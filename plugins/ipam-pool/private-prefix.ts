import { randomBytes } from 'node:crypto'
import type { Implementation, stateStore } from '@moby/contracts'
import { addressText } from '@moby/lib-linux/address'

const key = 'ipam/private-prefix'

/** The private IPv6 prefix of this host (RFC 4193), chosen by chance when it is first needed and kept from then on. */
export class PrivatePrefix {
  readonly #store: Implementation<typeof stateStore>
  #prefix: string | undefined

  private constructor(store: Implementation<typeof stateStore>, prefix: string | undefined) {
    this.#store = store
    this.#prefix = prefix
  }

  static async open(store: Implementation<typeof stateStore>): Promise<PrivatePrefix> {
    const { entry } = await store.get({ key })
    return new PrivatePrefix(store, typeof entry?.value === 'string' ? entry.value : undefined)
  }

  /** With its length, 48. */
  async get(): Promise<string> {
    if (this.#prefix !== undefined) return this.#prefix
    const bytes = Buffer.concat([Buffer.of(0xfd), randomBytes(5), Buffer.alloc(10)])
    this.#prefix = `${addressText(bytes)}/48`
    await this.#store.commit({ changes: [{ put: key, value: this.#prefix }], durability: 'power-loss' })
    return this.#prefix
  }
}
