import {
  engineImages,
  implement,
  type DriverSet,
  type Image,
  type imageSource,
  type Implementation,
  type Logger,
  type RequestOf,
  type ResponseOf,
  type stateStore,
  type storageLayers,
} from '@moby/contracts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import { repeat } from '../concurrency/repeat.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Table } from '../store/table.ts'
import type { ContainerUsage } from '../usage.ts'
import { ContentStore } from './content-store.ts'
import { chooseSource, type ImageContext } from './image-context.ts'
import { extendImage, readNewName } from './extend/extend-image.ts'
import type { Flusher } from './flusher.ts'
import type { ImageRecord } from './image-record.ts'
import { ImageStore } from './image-store.ts'
import { imageUsage } from './image-usage.ts'
import { importImage } from './import/import-image.ts'
import { LayerStore } from './layer-store.ts'
import { bootId, LeaseStore, type LeaseRecord } from './lease-store.ts'
import { listImages } from './list-images.ts'
import { loadImages } from './load/load-images.ts'
import { archivePath } from './paths/archive-path.ts'
import { statPath } from './paths/stat-path.ts'
import { pruneImages } from './prune-images.ts'
import { pullImages } from './pull/pull-images.ts'
import { pushImages } from './push/push-images.ts'
import { removeImage } from './remove-image.ts'
import { saveImages } from './save/save-images.ts'
import { Transfers, type TransferLimits } from './transfers.ts'
import { tellManifests } from './tell-manifests.ts'
import { resolveImage, viewImage, type ResolvedImage } from './view-image.ts'

/** Milliseconds between two looks for content of broken pulls that has expired. */
const sweepInterval = 3_600_000

export interface ImageServiceParts {
  readonly table: Table<ImageRecord>
  readonly leases: Table<LeaseRecord>
  readonly store: Implementation<typeof stateStore>
  readonly storage: DriverSet<typeof storageLayers>
  /** Driver of new images; undefined when there is one only. */
  readonly defaultStorage: string | undefined
  readonly sources: DriverSet<typeof imageSource>
  /** Of several image sources the one to use. */
  readonly defaultSource: string | undefined
  readonly limits: TransferLimits
  /** Hours for which content of a broken pull is kept. */
  readonly partialContentHours: number
  /** Writes the file system through where content and layers are. */
  readonly flusher: Pick<Flusher, 'flush'>
  /** For the content store. */
  readonly folder: string
  readonly events: EventBus
  readonly usage: ContainerUsage
  readonly clock: { now(): string }
  readonly log: Logger
}

/** The images of the engine: records, names, blobs and layers. */
export class ImageService {
  readonly api: Implementation<typeof engineImages>
  /** The driver that reaches registries. Fails with NOT_SUPPORTED when the assembly has none. */
  readonly source: ImageContext['source']
  readonly #images: ImageStore
  readonly #layers: LayerStore
  readonly #content: ContentStore
  readonly #usage: ContainerUsage
  readonly #context: ImageContext
  readonly #leases: LeaseStore
  readonly #locks = new KeyedLock()
  #end: () => Promise<void> = async () => undefined

  private constructor(parts: ImageServiceParts, content: ContentStore) {
    const { table, store, events, clock } = parts
    this.#images = new ImageStore({ table, store, events, now: () => clock.now(), flush: () => content.flush() })
    this.#leases = new LeaseStore({
      table: parts.leases,
      boot: bootId(),
      lifetime: parts.partialContentHours * 3_600_000,
      now: Date.now,
    })
    this.#layers = new LayerStore(parts.storage, parts.defaultStorage, parts.log)
    this.#content = content
    this.source = chooseSource(parts.sources, parts.defaultSource)
    this.#usage = parts.usage
    this.#context = {
      content,
      layers: this.#layers,
      images: this.#images,
      leases: this.#leases,
      transfers: new Transfers(parts.limits),
      usage: parts.usage,
      log: parts.log,
      now: () => clock.now(),
      source: this.source,
      alone: (work) => this.#alone(work),
      sweep: () => this.#sweep(),
    }
    this.api = this.#makeApi()
  }

  static async open(parts: ImageServiceParts): Promise<ImageService> {
    const service = new ImageService(parts, await ContentStore.open(parts.folder, parts.flusher))
    await service.#images.forgetUnsafe(bootId())
    return service
  }

  /** Changes how many blobs come and go at once. */
  resize(limits: Pick<TransferLimits, 'downloads' | 'uploads'>): void {
    this.#context.transfers.resize(limits)
  }

  /** Keeps sweeping what broken pulls have left, once it has expired, until `close`. */
  start(): void {
    this.#end = repeat(sweepInterval, async () => {
      try {
        if (this.#leases.expired().length > 0) await this.sweep()
      } catch (error) {
        this.#context.log.warn('what broken pulls have left was not removed', { reason: String(error) })
      }
    })
  }

  async close(): Promise<void> {
    await this.#end()
  }

  /** Removes what an engine that died left half made. `inUse` are chainIDs that containers stand on. */
  async sweep(inUse: Iterable<string> = []): Promise<void> {
    const kept = new Set(inUse)
    await this.#alone(() => this.#sweep(kept))
  }

  /** The image that a reference, id or beginning of an id means. Errors as `find` of the store. */
  resolve(ref: string, platform?: string): ResolvedImage {
    return resolveImage(this.#images.find(ref, platform))
  }

  /** For the containers of the engine: an image of what one of them has changed. */
  async extend(
    request: RequestOf<typeof engineImages, 'extend'>,
    layer: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<ResponseOf<typeof engineImages, 'extend'>> {
    return await extendImage(this.#context, request, layer, signal)
  }

  #makeApi(): Implementation<typeof engineImages> {
    const context = this.#context
    const { images, sweep } = context
    return implement(engineImages, {
      load: (request, input, call) =>
        loadImages(context, input, {
          quiet: request.quiet ?? false,
          platforms: request.platforms,
          signal: call?.signal,
        }),
      import: (request, input, call) =>
        importImage(context, request, input, { created: context.now(), signal: call?.signal }),
      checkName: async ({ name }) => {
        readNewName(name)
        return {}
      },
      tag: ({ ref, target }) =>
        this.#alone(async () => {
          const name = readNewName(target)
          // Of several platforms all get it, as they have the name that they are called by.
          for (const record of images.findAll(ref)) await images.put(record, [name])
          images.publishTag(images.find(ref), name)
          return {}
        }),
      list: async ({ filter, manifests = false }) => {
        const found: Image[] = []
        for (const record of listImages(images, filter)) found.push(await this.#tell(record, manifests))
        return { images: found }
      },
      inspect: async ({ ref, platform, manifests = false }) => await this.#tell(images.find(ref, platform), manifests),
      remove: ({ ref, force = false, noPrune = false, platforms }) =>
        this.#alone(async () => ({
          changes: await removeImage(
            { images, usage: this.#usage, sweep },
            { ref, force, pruneParents: !noPrune, platforms },
          ),
        })),
      pull: (request, call) => pullImages(context, request, call?.signal),
      push: (request, call) => pushImages(context, request, call?.signal),
      save: (request, call) => saveImages(context, request, call?.signal),
      extend: (request, input, call) => extendImage(context, request, input, call?.signal),
      statPath: (request, call) => statPath(context, request, call?.signal),
      archivePath: (request, call) => archivePath(context, request, call?.signal),
      prune: (request) => this.#alone(() => pruneImages(context, request)),
      usage: async () => imageUsage(images.values()),
    })
  }

  async #tell(record: ImageRecord, withManifests: boolean): Promise<Image> {
    const image = this.#view(record)
    return withManifests ? { ...image, manifests: await tellManifests(this.#context, record) } : image
  }

  #view(record: ImageRecord): Image {
    return viewImage(record, {
      containers: this.#usage.ofImage(record.id).length,
      isAway: !this.#layers.isThere(record.storage),
      parent: record.parent === undefined ? undefined : this.#images.get(record.parent)?.id,
    })
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    return await this.#locks.run('images', work)
  }

  /** Removes blobs and layers that no image needs; answers the chainIDs removed. */
  async #sweep(inUse: ReadonlySet<string> = new Set()): Promise<string[]> {
    // What an image that cannot be read needs is not known: better too much than too little.
    if (this.#images.isIncomplete) return []
    await this.#leases.expire()
    const blobs = new Set<string>()
    const chains = new Set<string>()
    for (const { id, layers, storage, manifests = [] } of this.#images.values()) {
      blobs.add(id)
      for (const { digest } of manifests) blobs.add(digest)
      for (const { blob, chainId } of layers) {
        blobs.add(blob.digest)
        chains.add(`${storage} ${chainId}`)
      }
    }
    const leases = this.#leases
    await this.#content.sweep(
      (digest) => blobs.has(digest),
      (digest) => leases.holdsDigest(digest),
    )
    return await this.#layers.sweep(
      (driver, chainId) =>
        inUse.has(chainId) || chains.has(`${driver} ${chainId}`) || leases.holdsChain(driver, chainId),
    )
  }
}
