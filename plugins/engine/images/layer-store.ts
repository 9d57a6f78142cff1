import { randomBytes } from 'node:crypto'
import {
  codedError,
  hasCode,
  type DriverSet,
  type Implementation,
  type Logger,
  type RequestOf,
  type storageLayers,
} from '@moby/contracts'
import type { Compression } from '@moby/lib-tar'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import { digestOf } from './chain-id.ts'
import { Removals } from './removals.ts'
import { wrongDiffId } from './wrong-diff-id.ts'

/** Begins the keys of snapshots that layers are unpacked into. */
export const unpackPrefix = 'unpack-'
/** Begins the keys of views that images are looked at through. */
const viewPrefix = 'look-'

/** A layer to be unpacked on another. */
export interface LayerSource {
  readonly chainId: string
  readonly parent: string | undefined
  readonly diffId: string
  readonly compression?: Compression | undefined
  /** True for an archive of no bytes, as Docker before 1.10 wrote those of layers that change nothing. */
  readonly isEmpty?: boolean
  /** The archive as it is compressed. */
  open(): AsyncIterable<Uint8Array>
}

/** A layer whose archive comes in while it is unpacked, perhaps before the layer that it stands on is there. */
export interface IncomingLayer {
  readonly chainId: string
  readonly parent: string | undefined
  readonly diffId: string
  readonly compression: Compression
  /** The archive as it is compressed. */
  open(): AsyncIterable<Uint8Array>
  /** Settles when the layer below is there. */
  readonly whenBelow: Promise<unknown>
  /** Runs the unpacking when it is its turn. */
  turn<T>(work: () => Promise<T>): Promise<T>
  /** Told the digest of the archive as it came. */
  onInput(digest: string): void
  readonly signal: AbortSignal
}

/** The layers of images in the storage drivers. What is in use by an operation under way is not swept. */
export class LayerStore {
  readonly #drivers: DriverSet<typeof storageLayers>
  readonly #preferred: string | undefined
  readonly #log: Logger
  readonly #locks = new KeyedLock()
  readonly #leases = new Map<string, number>()
  readonly #removals = new Removals()

  constructor(drivers: DriverSet<typeof storageLayers>, preferred: string | undefined, log: Logger) {
    this.#drivers = drivers
    this.#preferred = preferred
    this.#log = log
  }

  /** Driver of new images. Fails with DRIVER_UNKNOWN. */
  get driver(): string {
    if (this.#preferred !== undefined) return this.#preferred
    const [only, ...others] = this.#drivers.list()
    if (only !== undefined && others.length === 0) return only.name
    const names = this.#drivers.list().map(({ name }) => name)
    throw codedError('DRIVER_UNKNOWN', `No storage driver is chosen of ${names.join(', ') || 'none'}`, {
      hint: 'Set `storage` in the configuration of the engine.',
    })
  }

  /** Begins the keys of views; the sweep removes those that nobody leases. */
  get viewPrefix(): string {
    return viewPrefix
  }

  /** A driver by its name. Fails with DRIVER_UNKNOWN or DRIVER_AWAY. */
  get(driver: string): Implementation<typeof storageLayers> {
    return this.#drivers.get(driver)
  }

  isThere(driver: string): boolean {
    return this.#drivers.has(driver)
  }

  /** Keeps snapshots from being swept until the answer is called. */
  lease(keys: readonly string[]): () => void {
    for (const key of keys) this.#leases.set(key, (this.#leases.get(key) ?? 0) + 1)
    return () => {
      for (const key of keys) {
        const count = (this.#leases.get(key) ?? 1) - 1
        if (count > 0) this.#leases.set(key, count)
        else this.#leases.delete(key)
      }
    }
  }

  /** Bytes of a layer that is there already, undefined when it is not. */
  async sizeOf(driver: string, key: string): Promise<number | undefined> {
    await this.#removals.ended(`${driver} ${key}`)
    try {
      return Number((await this.#drivers.get(driver).usage({ key })).size)
    } catch (error) {
      if (hasCode(error, 'SNAPSHOT_NOT_FOUND')) return undefined
      throw error
    }
  }

  /**
   * Unpacks a layer, unless it is there; several who want the same one wait for the first. Answers its bytes. Fails
   * with IMAGE_INVALID when the archive is not that of the diffID, and then nothing of it is left.
   */
  async unpack(driver: string, layer: LayerSource, signal?: AbortSignal): Promise<number> {
    return await this.#locks.run(`${driver} ${layer.chainId}`, async () => {
      const present = await this.sizeOf(driver, layer.chainId)
      if (present !== undefined) return present
      const nameOf = (diffId: string) => {
        if (diffId !== layer.diffId) throw wrongDiffId(layer.diffId, diffId)
        return layer.chainId
      }
      if (layer.isEmpty === true) return await this.#makeEmpty(driver, layer.parent, nameOf(digestOf('')))
      return (await this.unpackNew(driver, layer.parent, layer.open(), signal, nameOf, layer.compression)).size
    })
  }

  /** True when a layer is there, which it then is as long as a lease or an image holds it. */
  async has(driver: string, key: string): Promise<boolean> {
    await this.#removals.ended(`${driver} ${key}`)
    try {
      return (await this.#drivers.get(driver).stat({ key })).kind === 'committed'
    } catch (error) {
      if (hasCode(error, 'SNAPSHOT_NOT_FOUND')) return false
      throw error
    }
  }

  /**
   * Unpacks a layer that comes in, unless it is there: before the one below it where the driver can do that, else after
   * it. Answers its bytes. Errors: ARCHIVE_*, IMAGE_INVALID for another diffID, STORAGE_FULL, that of `whenBelow`, and
   * NOT_SUPPORTED for a layer that can only be unpacked when the one below is there.
   */
  async receive(driver: string, layer: IncomingLayer): Promise<number> {
    const present = await this.sizeOf(driver, layer.chainId)
    if (present !== undefined) return present
    const layers = this.#drivers.get(driver)
    const isLoose = layer.parent !== undefined && (await layers.info({})).rebase === true
    if (!isLoose) await layer.whenBelow
    const key = `${unpackPrefix}${randomBytes(8).toString('hex')}`
    const release = this.lease([key])
    const call = { signal: layer.signal }
    const parent = layer.parent === undefined ? {} : { parent: layer.parent }
    try {
      await layers.prepare({ key, ...(isLoose ? {} : parent) }, call)
      try {
        const { compression } = layer
        const done = await layer.turn(() => layers.apply({ key, compression }, layer.open(), call))
        layer.onInput(done.input.digest)
        if (done.diffId !== layer.diffId) throw wrongDiffId(layer.diffId, done.diffId)
        if (isLoose) await layer.whenBelow
        await this.commit(driver, { key, name: layer.chainId, ...(isLoose ? parent : {}) })
        return Number(done.size)
      } catch (error) {
        await this.discard(driver, key)
        if (!hasCode(error, 'SNAPSHOT_EXISTS')) throw error
        return (await this.sizeOf(driver, layer.chainId)) ?? 0
      }
    } finally {
      release()
    }
  }

  /**
   * Makes a layer of a snapshot, whose name is leased. Errors: SNAPSHOT_EXISTS for one that is there to stay,
   * NOT_SUPPORTED.
   */
  async commit(driver: string, request: RequestOf<typeof storageLayers, 'commit'>): Promise<void> {
    await this.#removals.ended(`${driver} ${request.name}`)
    await this.#drivers.get(driver).commit(request)
  }

  /**
   * Unpacks an archive into a new layer, whose chainID is told once its diffID is known. Answers its bytes, and digest
   * and size of the archive as it came.
   */
  async unpackNew(
    driver: string,
    parent: string | undefined,
    archive: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
    nameOf: (diffId: string) => string,
    compression: Compression = 'none',
  ): Promise<{ size: number; input: { digest: string; size: number } }> {
    const layers = this.#drivers.get(driver)
    const key = `${unpackPrefix}${randomBytes(8).toString('hex')}`
    const release = this.lease([key])
    const call = signal === undefined ? {} : { signal }
    try {
      await layers.prepare({ key, ...(parent === undefined ? {} : { parent }) }, call)
      let done = { size: 0, input: { digest: '', size: 0 } }
      try {
        const { diffId, size, input } = await layers.apply({ key, compression }, archive, call)
        done = { size: Number(size), input: { digest: input.digest, size: Number(input.size) } }
        await this.commit(driver, { key, name: nameOf(diffId) })
      } catch (error) {
        await this.discard(driver, key)
        // Equal chainIDs mean equal layers.
        if (!hasCode(error, 'SNAPSHOT_EXISTS')) throw error
      }
      return done
    } finally {
      release()
    }
  }

  /** Makes a layer that shows what is below it. Answers its bytes. */
  async #makeEmpty(driver: string, parent: string | undefined, name: string): Promise<number> {
    const key = `${unpackPrefix}${randomBytes(8).toString('hex')}`
    const release = this.lease([key])
    try {
      await this.#drivers.get(driver).prepare({ key, ...(parent === undefined ? {} : { parent }) })
      try {
        await this.commit(driver, { key, name })
      } catch (error) {
        await this.discard(driver, key)
        if (!hasCode(error, 'SNAPSHOT_EXISTS')) throw error
      }
      return 0
    } finally {
      release()
    }
  }

  /**
   * Removes the layers that no image needs, and what a killed engine left half unpacked. Layers that a container
   * stands on stay. What is needed is asked again just before. Answers the chainIDs removed, uppermost first.
   */
  async sweep(isNeeded: (driver: string, chainId: string) => boolean): Promise<string[]> {
    const removed: string[] = []
    for (const { name, handle } of this.#drivers.list()) {
      const isUnneeded = (key: string) => !this.#leases.has(key) && (!isChainId(key) || !isNeeded(name, key))
      const parents = new Map<string, string | undefined>()
      const unneeded = new Set<string>()
      for await (const { key, kind, parent } of handle.list({})) {
        parents.set(key, parent)
        if (isOwn(key, kind) && isUnneeded(key)) unneeded.add(key)
      }
      const depth = (key: string): number => {
        let count = 0
        for (let at = parents.get(key); at !== undefined; at = parents.get(at)) count += 1
        return count
      }
      const deepestFirst = [...unneeded].map((key) => ({ key, depth: depth(key) })).sort((a, b) => b.depth - a.depth)
      for (const { key } of deepestFirst) {
        if (!isUnneeded(key)) continue
        try {
          await this.#removals.run(`${name} ${key}`, () => handle.remove({ key }))
          if (isChainId(key)) removed.push(key)
        } catch (error) {
          if (!hasCode(error, 'SNAPSHOT_IN_USE')) this.#warn(key, error)
        }
      }
    }
    return removed
  }

  /** Removes a snapshot that became no layer. What cannot be removed is told to the log. */
  async discard(driver: string, key: string): Promise<void> {
    try {
      await this.#drivers.get(driver).remove({ key })
    } catch (error) {
      this.#warn(key, error)
    }
  }

  #warn(key: string, error: unknown): void {
    // The next sweep tries again.
    this.#log.warn('a layer could not be removed', { key, reason: String(error) })
  }
}

function isChainId(key: string): boolean {
  return key.startsWith('sha256:')
}

/** True for layers, and for what only an operation under way has; snapshots of containers are not for the sweep. */
function isOwn(key: string, kind: string): boolean {
  if (kind === 'committed') return isChainId(key)
  return key.startsWith(kind === 'active' ? unpackPrefix : viewPrefix)
}
