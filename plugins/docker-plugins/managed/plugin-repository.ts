import { codedError, type imageSource, type Implementation, type RegistryCredentials } from '@moby/contracts'
import { familiarReference, type Reference } from '@moby/contracts/reference'
import {
  compressionOfLayer,
  dockerMediaTypes,
  mediaTypes,
  toOciMediaType,
  validateImageIndex,
  validateImageManifest,
  type Descriptor,
  type ImageManifest,
} from 'oci-spec-ts'

/** Indexes in one another. */
const deepest = 3
const largestConfig = 4 << 20
const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** The manifest of a plugin, as its registry has it. */
export interface FoundPackage {
  readonly digest: string
  readonly content: Uint8Array
  readonly manifest: ImageManifest
}

/** A repository of plugins, as one caller is let in. */
export class PluginRepository {
  readonly #source: Implementation<typeof imageSource>
  readonly #where: { registry: string; repository: string; kind: 'plugin'; credentials?: RegistryCredentials }
  readonly #reference: Reference
  readonly #signal: AbortSignal | undefined

  constructor(facts: {
    source: Implementation<typeof imageSource>
    reference: Reference
    credentials: RegistryCredentials | undefined
    signal: AbortSignal | undefined
  }) {
    const { source, reference, credentials, signal } = facts
    this.#source = source
    this.#reference = reference
    this.#signal = signal
    const where = { registry: reference.domain, repository: reference.path, kind: 'plugin' as const }
    this.#where = { ...where, ...(credentials === undefined ? {} : { credentials }) }
  }

  /** Errors: those of registries, MANIFEST_INVALID, PLUGIN_PACKAGE_INVALID. */
  async find(): Promise<FoundPackage> {
    const { tag = 'latest', digest } = this.#reference
    return await this.#follow(digest ?? tag, deepest)
  }

  /** The config, checked by its digest, and not kept. */
  async config({ manifest: { config } }: FoundPackage): Promise<Buffer> {
    if (config.size > largestConfig) throw this.#invalid(`its config has ${config.size} bytes`)
    const chunks: Uint8Array[] = []
    for await (const chunk of this.blob(config)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  blob({ digest, size }: Descriptor): AsyncIterable<Uint8Array> {
    return this.#source.blob({ ...this.#where, digest, size: String(size) }, this.#call)
  }

  /** True when it was not there and has been uploaded. */
  async upload({ digest, size }: Descriptor, input: AsyncIterable<Uint8Array>): Promise<boolean> {
    if ((await this.#source.offer({ ...this.#where, digest }, this.#call)).present) return false
    await this.#source.upload({ ...this.#where, digest, size: String(size) }, input, this.#call)
    return true
  }

  async putManifest(content: Uint8Array): Promise<string> {
    const { tag = 'latest' } = this.#reference
    const { mediaType = dockerMediaTypes.manifest } = JSON.parse(Buffer.from(content).toString('utf8')) as {
      mediaType?: string
    }
    return (await this.#source.putManifest({ ...this.#where, reference: tag, mediaType, content }, this.#call)).digest
  }

  async #follow(reference: string, depth: number): Promise<FoundPackage> {
    const { mediaType, digest, content } = await this.#source.manifest({ ...this.#where, reference }, this.#call)
    const value = this.#parse(content)
    if (toOciMediaType(mediaType) === mediaTypes.index) {
      const index = validateImageIndex(value)
      if (!index.ok) throw this.#broken(index.problems)
      const ours = index.value.manifests.find(({ platform }) => platform === undefined || isOurs(platform))
      if (ours === undefined || depth === 0)
        throw this.#invalid(`it has none for linux/${goArchitectures[process.arch]}`)
      return await this.#follow(ours.digest, depth - 1)
    }
    const checked = validateImageManifest(value)
    if (!checked.ok) throw this.#broken(checked.problems)
    const manifest = checked.value
    if (manifest.config.mediaType !== dockerMediaTypes.pluginConfig) {
      throw codedError(
        'PLUGIN_PACKAGE_INVALID',
        `did not find plugin config for specified reference ${familiarReference(this.#reference)}`,
        { hint: `it holds ${manifest.config.mediaType}; an image is pulled by docker pull` },
      )
    }
    const odd = manifest.layers.find((layer) => compressionOfLayer(layer.mediaType) === undefined)
    if (odd !== undefined) throw this.#invalid(`its layer ${odd.digest} is ${odd.mediaType}`)
    return { digest, content, manifest }
  }

  #parse(content: Uint8Array): unknown {
    try {
      return JSON.parse(Buffer.from(content).toString('utf8'))
    } catch {
      throw this.#broken([{ path: '', message: 'is no JSON' }])
    }
  }

  #broken([first]: readonly { readonly path: string; readonly message: string }[]) {
    const what = `${first?.path ?? ''} ${first?.message ?? ''}`.trim()
    return codedError('MANIFEST_INVALID', `The manifest of ${familiarReference(this.#reference)} is invalid: ${what}`)
  }

  #invalid(reason: string) {
    const name = familiarReference(this.#reference)
    return codedError('PLUGIN_PACKAGE_INVALID', `${name} cannot be used as a plugin: ${reason}`)
  }

  get #call() {
    return { signal: this.#signal }
  }
}

function isOurs({ os, architecture }: { readonly os: string; readonly architecture: string }): boolean {
  return os === 'linux' && architecture === goArchitectures[process.arch]
}
