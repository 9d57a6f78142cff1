import {
  codedError,
  engineImages,
  implement,
  type DriverSet,
  type Implementation,
  type Logger,
  type stateStore,
  type storageLayers,
} from '@moby/contracts'
import type { Clock } from '../clock/clock.ts'
import type { ImageFacts, ImageSource } from '../containers/ports.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Table } from '../store/table.ts'
import type { ContainerUsage } from '../usage.ts'
import { ContentStore } from './content-store.ts'
import { ImageCatalog } from './image-catalog.ts'
import { imageTest } from './image-filter.ts'
import { topOfChain, type ImageRecord } from './image-record.ts'
import { canonicalName, parseReference, withDefaultTag } from './image-reference.ts'
import { viewImage } from './image-view.ts'
import { ImageWriter } from './image-writer.ts'
import { importImage } from './import-image.ts'
import { LayerStore } from './layer-store.ts'
import { loadImages, type LoadParts } from './load-images.ts'
import { removeImage, type RemoveParts } from './remove-image.ts'

export interface ImageServiceParts {
  readonly table: Table<ImageRecord>
  readonly store: Implementation<typeof stateStore>
  readonly storage: DriverSet<typeof storageLayers>
  /** Driver of new images; undefined: the only one there is. */
  readonly defaultStorage: string | undefined
  /** Folder of this service alone. */
  readonly folder: string
  readonly events: EventBus
  readonly clock: Clock
  readonly usage: ContainerUsage
  readonly log: Logger
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Images: their names, configurations and layers. */
export class ImageService implements ImageSource {
  readonly api: Implementation<typeof engineImages> = implement(engineImages, {
    load: (_request, archive, call) => this.#load(archive, call?.signal),
    import: (request, archive, call) => importImage(this.#loadParts(), request, archive, call?.signal),
    tag: async ({ ref, target }) => {
      const reference = parseReference(target)
      if (reference.digest !== undefined) {
        throw codedError('IMAGE_REFERENCE_INVALID', 'refusing to create a tag with a digest reference')
      }
      await this.#writer.tag(this.#catalog.resolve(ref).id, canonicalName(withDefaultTag(reference)))
      return {}
    },
    list: async ({ filter = {} }) => {
      const images = this.#parts.table.values().filter(imageTest(filter, this.#catalog))
      const newestFirst = images.toSorted((a, b) => (b.document.created ?? '').localeCompare(a.document.created ?? ''))
      return { images: newestFirst.map((record) => this.#view(record)) }
    },
    inspect: async ({ ref }) => this.#view(this.#catalog.resolve(ref)),
    remove: async ({ ref, force = false }) => ({
      changes: await this.#writer.alone(() => removeImage(this.#removeParts(), ref, force)),
    }),
  })

  readonly #parts: ImageServiceParts
  readonly #catalog: ImageCatalog
  readonly #content: ContentStore
  readonly #layers: LayerStore
  readonly #writer: ImageWriter

  private constructor(parts: ImageServiceParts, content: ContentStore) {
    this.#parts = parts
    this.#content = content
    this.#catalog = new ImageCatalog(parts.table)
    this.#layers = new LayerStore(parts.log)
    this.#writer = new ImageWriter({ ...parts, catalog: this.#catalog, content })
  }

  static async open(parts: ImageServiceParts): Promise<ImageService> {
    return new ImageService(parts, await ContentStore.open(parts.folder))
  }

  /** Removes what an engine that died left half made. `inUse` are chainIDs that containers stand on. */
  async sweep(inUse: Iterable<string>): Promise<void> {
    const records = this.#parts.table.values()
    await this.#content.retain(new Set(records.map(({ id }) => id)))
    for (const { name, handle } of this.#parts.storage.list()) {
      const chains = records.filter(({ storage }) => storage === name).flatMap(({ chain }) => chain)
      await this.#layers.sweep(handle, new Set([...chains, ...inUse]))
    }
  }

  resolve(ref: string): ImageFacts {
    const record = this.#catalog.resolve(ref)
    const { document } = record
    return {
      id: record.id,
      config: { ...document.config },
      chainId: topOfChain(record),
      storage: record.storage,
      tags: this.#view(record).tags,
      os: document.os,
      architecture: document.architecture,
    }
  }

  async *#load(archive: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
    for await (const progress of loadImages(this.#loadParts(), archive, signal)) {
      const id = /^Loaded image ID: (sha256:[0-9a-f]{64})/.exec(progress.stream ?? '')?.[1]
      const name = /^Loaded image: (.*)\n/.exec(progress.stream ?? '')?.[1]
      const record = id === undefined && name === undefined ? undefined : this.#catalog.resolve(id ?? name ?? '')
      if (record !== undefined) this.#parts.events.publish('image', 'load', record.id, { name: name ?? record.id })
      yield progress
    }
  }

  #view(record: ImageRecord) {
    return viewImage(record, this.#parts.usage, this.#parts.storage.has(record.storage))
  }

  #loadParts(): LoadParts {
    const architecture = architectures[process.arch] ?? process.arch
    return {
      content: this.#content,
      layers: this.#layers,
      writer: this.#writer,
      storage: this.#storage(),
      platform: { os: 'linux', architecture },
    }
  }

  #removeParts(): RemoveParts {
    return { ...this.#parts, catalog: this.#catalog, content: this.#content, layers: this.#layers }
  }

  /** The driver of new images. Errors: DRIVER_UNKNOWN, also when there are several and none is chosen. */
  #storage(): LoadParts['storage'] {
    const { storage, defaultStorage } = this.#parts
    const all = storage.list()
    const [only] = all
    const name = defaultStorage ?? (all.length === 1 ? only?.name : undefined)
    if (name === undefined) {
      throw codedError(
        'DRIVER_UNKNOWN',
        `The assembly has ${all.length} storage drivers (${all.map((each) => each.name).join(', ')}), and the engine is not told which to use.`,
        { hint: 'Set `storage` in the configuration of the engine.' },
      )
    }
    return { name, driver: storage.get(name) }
  }
}
