import { createHash } from 'node:crypto'
import { join } from 'node:path'
import process from 'node:process'
import {
  codedError,
  isCodedError,
  type ComponentCandidate,
  type ComponentPayload,
  type ComponentSource,
} from '@moby/contracts'
import type { RegistryClient } from '../../client/index.ts'
import type { DescriptorReader } from '../descriptor-reader.ts'
import { descriptorIn, invalidImage, manifestInIndex, partsOf, type Named } from './image-documents.ts'
import { LayoutCache } from './layout-cache.ts'
import { parsePlace, type OciPlace, type Unpinned } from './oci-place.ts'

export interface OciSourceOptions {
  /** Absolute folder where images are kept; what is in it can be pulled again. */
  readonly cache: string
  readonly readDescriptor: DescriptorReader
}

/** An image whose documents are here. */
interface KnownImage {
  readonly place: OciPlace
  readonly cache: LayoutCache
  readonly manifest: Named
  readonly layers: readonly Named[]
  readonly descriptor: string
  readonly candidate: ComponentCandidate
}

/**
 * `oci:HOST/REPOSITORY@sha256:DIGEST`, a component as an image in a registry. It runs in a container; its descriptor is
 * a label of the image. Everything is named by digests from the pinned one on, and measured at every load, so the digest
 * of the payload is the pinned one, the same on every platform.
 */
export class OciSource implements ComponentSource {
  readonly scheme = 'oci'
  readonly #options: OciSourceOptions
  readonly #known = new Map<string, Promise<KnownImage>>()

  constructor(options: OciSourceOptions) {
    this.#options = options
  }

  async candidates(location: string, component: string): Promise<readonly ComponentCandidate[]> {
    const { candidate } = await this.#open(location)
    return candidate.name === component ? [candidate] : []
  }

  async names(location: string): Promise<readonly string[]> {
    return [(await this.#open(location)).candidate.name]
  }

  async payload(location: string): Promise<ComponentPayload> {
    const { place, cache, manifest, layers, descriptor } = await this.#open(location)
    await withClient(async (client) => {
      for (const { digest, size } of layers) {
        await cache.blob(digest, async () => (await client()).blob({ ...place, digest, size }))
      }
    })
    await cache.finish(manifest, descriptor)
    const descriptorDigest = `sha256:${createHash('sha256').update(descriptor).digest('hex')}`
    return { folder: cache.folder, digest: place.digest, descriptorDigest }
  }

  #open(location: string): Promise<KnownImage> {
    const known = this.#known.get(location) ?? withClient((client) => this.#read(location, client))
    this.#known.set(location, known)
    known.catch(() => this.#known.delete(location))
    return known
  }

  async #read(location: string, client: () => Promise<RegistryClient>): Promise<KnownImage> {
    const place = parsePlace(location)
    if (!('digest' in place)) throw await notPinned(location, place, client)
    const where = `oci:${location}`
    const cache = new LayoutCache(join(this.#options.cache, `${place.digest.replace('sha256:', '')}-${process.arch}`))
    await cache.open()
    const fetchManifest = (digest: string) =>
      cache.document(digest, async () =>
        inOne((await (await client()).manifest({ ...place, reference: digest })).content),
      )
    const first = await fetchManifest(place.digest)
    const chosen = manifestInIndex(first, where)
    const document = chosen === undefined ? first : await fetchManifest(chosen.digest)
    const { config, layers } = partsOf(document, where)
    const text = await cache.document(config.digest, async () => (await client()).blob({ ...place, ...config }))
    const descriptor = descriptorIn(text, where)
    return {
      place,
      cache,
      manifest: { mediaType: mediaTypeOf(document), digest: chosen?.digest ?? place.digest, size: document.length },
      layers,
      descriptor,
      candidate: this.#candidate(where, descriptor),
    }
  }

  /** There is no code of it outside the image, whatever else the descriptor offers. */
  #candidate(where: string, text: string): ComponentCandidate {
    const descriptor = this.#options.readDescriptor(where, text)
    if (!descriptor.modes.includes('container')) {
      throw invalidImage(
        where,
        `it offers modes ${descriptor.modes.join(', ')}, and an image can run in a container alone`,
      )
    }
    const { name, version, image } = descriptor
    const own = { ...descriptor, modes: ['container' as const], image: { ...image, folder: 'image' } }
    return { name, version, descriptor: own, origin: where }
  }
}

async function* inOne(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
}

function mediaTypeOf(manifest: Buffer): string {
  const { mediaType } = JSON.parse(manifest.toString('utf8')) as { mediaType?: string }
  return mediaType ?? 'application/vnd.oci.image.manifest.v1+json'
}

/** The client is loaded only where something has to come from a registry, and its connections end with the work. */
async function withClient<T>(work: (client: () => Promise<RegistryClient>) => Promise<T>): Promise<T> {
  let opened: Promise<RegistryClient> | undefined
  const open = async (): Promise<RegistryClient> => {
    const { RegistryClient: Client } = await import('../../client/index.ts')
    return new Client({ environment: process.env })
  }
  try {
    return await work(() => (opened ??= open()))
  } finally {
    await (await opened)?.close()
  }
}

/** Tells what the tag names now, so that it can be written down. */
async function notPinned(
  location: string,
  { registry, repository, tag }: Unpinned,
  client: () => Promise<RegistryClient>,
) {
  const head = (await client()).head({ registry, repository, reference: tag })
  const digest = await head.then(
    (found) => found.digest,
    (error: unknown) => error,
  )
  const hint =
    typeof digest === 'string'
      ? `it names ${digest} now; write from: oci:${registry}/${repository}@${digest}`
      : `write from: oci:${registry}/${repository}@sha256:DIGEST (the registry did not tell it: ${isCodedError(digest) ? digest.message : String(digest)})`
  return codedError('SOURCE_NOT_PINNED', `oci:${location} names an image by a tag, which may be another one tomorrow`, {
    hint,
  })
}
