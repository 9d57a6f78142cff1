import { randomBytes } from 'node:crypto'
import { hasCode } from '@moby/contracts'
import type { Compression } from '@moby/lib-tar'
import { unpackPrefix, type LayerStore } from '../layer-store.ts'
import { wrongDiffId } from '../wrong-diff-id.ts'
import type { LooseLayer } from './received-file.ts'

/**
 * Layers that are unpacked before it is known which image they belong to, and put in their place later. What found no
 * place is gone after `discard`.
 */
export class LooseLayers {
  readonly #layers: LayerStore
  readonly #driver: string
  /** Keys of snapshots that wait for their place, with what ends their lease. */
  readonly #waiting = new Map<string, () => void>()

  private constructor(layers: LayerStore, driver: string) {
    this.#layers = layers
    this.#driver = driver
  }

  /** Undefined for a driver that needs the layer below from the beginning. */
  static async open(layers: LayerStore, driver: string): Promise<LooseLayers | undefined> {
    const { rebase } = await layers.get(driver).info({})
    return rebase === true ? new LooseLayers(layers, driver) : undefined
  }

  /** Unpacks an archive. Errors: ARCHIVE_*, STORAGE_FULL, CANCELLED, those of the archive. */
  async unpack(
    archive: AsyncIterable<Uint8Array>,
    compression: Compression,
    signal: AbortSignal | undefined,
  ): Promise<LooseLayer & { readonly input: { readonly digest: string; readonly size: number } }> {
    const driver = this.#layers.get(this.#driver)
    const key = `${unpackPrefix}${randomBytes(8).toString('hex')}`
    const call = signal === undefined ? {} : { signal }
    this.#waiting.set(key, this.#layers.lease([key]))
    try {
      await driver.prepare({ key }, call)
      const { diffId, size, input } = await driver.apply({ key, compression }, archive, call)
      return { key, diffId, size: Number(size), input: { digest: input.digest, size: Number(input.size) } }
    } catch (error) {
      await this.#remove(key)
      throw error
    }
  }

  /**
   * Makes a layer of it that stands on `parent`. False when its snapshot has a place already, or cannot be put on
   * another: then its archive has to be unpacked again. Fails with IMAGE_INVALID when it is not that of the diffID.
   */
  async place(
    loose: LooseLayer,
    layer: { readonly chainId: string; readonly parent: string | undefined; readonly diffId: string },
  ): Promise<boolean> {
    const { key, diffId } = loose
    if (diffId !== layer.diffId) throw wrongDiffId(layer.diffId, diffId)
    const release = this.#waiting.get(key)
    if (release === undefined) return false
    const { chainId: name, parent } = layer
    try {
      await this.#layers.commit(this.#driver, { key, name, ...(parent === undefined ? {} : { parent }) })
    } catch (error) {
      await this.#remove(key)
      if (hasCode(error, 'SNAPSHOT_EXISTS')) return true
      if (hasCode(error, 'NOT_SUPPORTED')) return false
      throw error
    }
    this.#waiting.delete(key)
    release()
    return true
  }

  /** Removes what found no place. */
  async discard(): Promise<void> {
    for (const key of this.#waiting.keys()) await this.#remove(key)
  }

  async #remove(key: string): Promise<void> {
    await this.#layers.discard(this.#driver, key)
    this.#waiting.get(key)?.()
    this.#waiting.delete(key)
  }
}
