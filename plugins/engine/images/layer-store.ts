import { randomBytes } from 'node:crypto'
import { codedError, hasCode, type Implementation, type Logger, type storageLayers } from '@moby/contracts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'

type Layers = Implementation<typeof storageLayers>

/** Beginning of the keys of snapshots that are being unpacked: what has it at start is left over. */
const unpacking = 'unpack-'

/** Layers of images in one storage driver, unpacked once however many images share them. */
export class LayerStore {
  readonly #locks = new KeyedLock()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /**
   * Makes sure that a layer is there and tells what it adds. `open` gives its uncompressed archive, and is asked only
   * when the layer has to be unpacked. Errors: IMAGE_INVALID when the archive is not what `diffId` says, ARCHIVE_*.
   */
  async ensure(
    storage: Layers,
    layer: { readonly chainId: string; readonly parent: string | undefined; readonly diffId: string },
    open: () => AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<string> {
    return await this.#locks.run(layer.chainId, async () => {
      if (await this.#exists(storage, layer.chainId)) return (await storage.usage({ key: layer.chainId })).size
      const { key, diffId } = await this.#unpack(storage, layer.parent, open(), signal)
      if (diffId !== layer.diffId) {
        await storage.remove({ key })
        throw codedError(
          'IMAGE_INVALID',
          `layer diffID mismatch: the configuration names ${layer.diffId}, the archive holds ${diffId}`,
          {
            hint: 'The archive is damaged or was put together wrongly: save the image again.',
          },
        )
      }
      return await this.#commit(storage, key, layer.chainId)
    })
  }

  /** Unpacks a layer of which only the content is known, and keeps it as a base layer. */
  async add(
    storage: Layers,
    archive: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<{ diffId: string; size: string }> {
    const { key, diffId } = await this.#unpack(storage, undefined, archive, signal)
    return { diffId, size: await this.#commit(storage, key, diffId) }
  }

  /** Removes layers from the top down, as far as nothing stands on them. */
  async release(storage: Layers, chainIds: readonly string[]): Promise<void> {
    for (const key of chainIds.toReversed()) {
      try {
        await storage.remove({ key })
      } catch (error) {
        if (hasCode(error, 'SNAPSHOT_IN_USE')) return
        throw error
      }
    }
  }

  /** Removes half-unpacked layers, and those that neither an image nor a container stands on. */
  async sweep(storage: Layers, needed: ReadonlySet<string>): Promise<void> {
    const parents = new Map<string, string | undefined>()
    for await (const { key, kind, parent } of storage.list({})) {
      if (kind === 'committed') parents.set(key, parent)
      else if (key.startsWith(unpacking)) await storage.remove({ key })
    }
    // A child is tried before its parent: the longest chain first.
    const depth = (key: string | undefined): number => (key === undefined ? 0 : 1 + depth(parents.get(key)))
    for (const key of [...parents.keys()].toSorted((a, b) => depth(b) - depth(a))) {
      if (needed.has(key)) continue
      this.#log.info('removing a layer that nothing stands on', { layer: key })
      await this.release(storage, [key])
    }
  }

  async #exists(storage: Layers, key: string): Promise<boolean> {
    try {
      return (await storage.stat({ key })).kind === 'committed'
    } catch (error) {
      if (hasCode(error, 'SNAPSHOT_NOT_FOUND')) return false
      throw error
    }
  }

  async #unpack(storage: Layers, parent: string | undefined, archive: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    const key = unpacking + randomBytes(8).toString('hex')
    await storage.prepare({ key, ...(parent === undefined ? {} : { parent }) })
    try {
      const { diffId } = await storage.apply({ key }, archive, { signal })
      return { key, diffId }
    } catch (error) {
      await storage.remove({ key })
      throw error
    }
  }

  async #commit(storage: Layers, key: string, name: string): Promise<string> {
    try {
      return (await storage.commit({ key, name })).size
    } catch (error) {
      await storage.remove({ key })
      // Somebody else has unpacked the same layer meanwhile: the same name is the same content.
      if (hasCode(error, 'SNAPSHOT_EXISTS')) return (await storage.usage({ key: name })).size
      throw error
    }
  }
}
