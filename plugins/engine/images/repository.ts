import type { ContentDescriptor, imageSource, Implementation, RegistryCredentials } from '@moby/contracts'
import { codedError } from '@moby/contracts'
import { digestOf } from './chain-id.ts'
import type { BlobFacts } from './pull/blob-download.ts'
import type { ManifestFile } from './pull/read-manifest.ts'
import type { Reference } from '@moby/contracts/reference'

/** One repository of a registry, as one caller is let in. */
export class Repository {
  readonly #source: Implementation<typeof imageSource>
  readonly #where: { registry: string; repository: string; credentials?: RegistryCredentials }
  readonly #call: { readonly signal: AbortSignal }

  constructor(
    source: Implementation<typeof imageSource>,
    { domain, path }: Reference,
    credentials: RegistryCredentials | undefined,
    signal: AbortSignal,
  ) {
    this.#source = source
    this.#where = { registry: domain, repository: path, ...(credentials === undefined ? {} : { credentials }) }
    this.#call = { signal }
  }

  async head(reference: string): Promise<ContentDescriptor> {
    return await this.#source.head({ ...this.#where, reference }, this.#call)
  }

  /** Fails with CONTENT_MISMATCH when the bytes have not the digest that was asked for, or told. */
  async manifest(reference: string): Promise<ManifestFile> {
    const { mediaType, digest, content } = await this.#source.manifest({ ...this.#where, reference }, this.#call)
    const bytes = Buffer.from(content)
    const actual = digestOf(bytes)
    if (actual === digest && (!reference.includes(':') || actual === reference)) {
      return { mediaType, digest, content: bytes }
    }
    throw codedError('CONTENT_MISMATCH', `manifest verification failed for digest ${reference}`, {
      details: { expected: reference, told: digest, actual },
    })
  }

  /** The bytes of a blob from one on, not checked against its digest. */
  blob(
    { digest, size }: BlobFacts,
    request: { readonly offset: number; readonly urls?: readonly string[] | undefined; readonly signal: AbortSignal },
  ): AsyncIterable<Uint8Array> {
    const { offset, urls, signal } = request
    return this.#source.blob(
      {
        ...this.#where,
        digest,
        size: String(size),
        unchecked: true,
        ...(offset === 0 ? {} : { offset: String(offset) }),
        ...(urls === undefined || urls.length === 0 ? {} : { urls: [...urls] }),
      },
      { signal },
    )
  }

  async offer(
    digest: string,
    mountFrom: readonly string[],
    signal: AbortSignal,
  ): Promise<{ present: boolean; mountedFrom?: string }> {
    return await this.#source.offer(
      { ...this.#where, digest, ...(mountFrom.length === 0 ? {} : { mountFrom: [...mountFrom] }) },
      { signal },
    )
  }

  async upload({ digest, size }: BlobFacts, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    await this.#source.upload({ ...this.#where, digest, size: String(size) }, content, { signal })
  }

  async putManifest(reference: string, { mediaType, content }: ManifestFile): Promise<string> {
    const request = { ...this.#where, reference, mediaType, content: Buffer.from(content) }
    return (await this.#source.putManifest(request, this.#call)).digest
  }

  async tags(): Promise<string[]> {
    const all: string[] = []
    for await (const { tag } of this.#source.tags(this.#where, this.#call)) all.push(tag)
    return all
  }
}
