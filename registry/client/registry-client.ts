import { codedError, type RegistryCredentials } from '@moby/contracts'
import { pullScope, pushScope, type Access, type RepositoryKind } from './auth/access.ts'
import { readBlob } from './blob/read-blob.ts'
import { parseDigest } from './digest.ts'
import { canonicalRegistry } from './endpoint/endpoints.ts'
import { login } from './login.ts'
import { getManifest, headManifest, putManifest, type FetchedManifest, type ManifestDescriptor } from './manifests.ts'
import { listReferrers, type Referrer } from './referrers.ts'
import { search, type SearchResult } from './search.ts'
import { Session } from './session.ts'
import { defaultSettings, type ClientSettings } from './settings.ts'
import { listTags } from './tags.ts'
import { checkTarget, nameOf, type Target } from './target.ts'
import { offerBlob } from './upload/offer-blob.ts'
import { uploadBlob } from './upload/upload-blob.ts'

/** A repository, and who asks. */
export interface RepositoryRequest {
  readonly registry: string
  readonly repository: string
  /** Absent: images. */
  readonly kind?: RepositoryKind | undefined
  readonly credentials?: RegistryCredentials | undefined
}

export interface ReferenceRequest extends RepositoryRequest {
  /** Tag or digest. */
  readonly reference: string
}

export interface BlobReadRequest extends RepositoryRequest {
  readonly digest: string
  /** Bytes of the whole. */
  readonly size: number
  /** Bytes to leave out at the start. */
  readonly offset?: number | undefined
  /** The caller computes the digest itself. */
  readonly unchecked?: boolean | undefined
  /** Addresses of a foreign layer. */
  readonly urls?: readonly string[] | undefined
}

interface Call {
  readonly signal?: AbortSignal | undefined
}

/**
 * A client of registries of the OCI distribution specification, and of Docker Hub. It holds connections and tokens, and
 * opens nothing before the first request. Errors are coded: what registries answer as REGISTRY_*, names as
 * IMAGE_REFERENCE_INVALID and DIGEST_INVALID, an aborted call as CANCELLED.
 */
export class RegistryClient {
  readonly #session: Session

  constructor(settings: Partial<ClientSettings> = {}) {
    this.#session = new Session({ ...defaultSettings, ...settings })
  }

  /** A manifest or index, as the bytes that the registry has; at most 4 MiB. */
  async manifest(request: ReferenceRequest, call: Call = {}): Promise<FetchedManifest> {
    const target = targetOf(request, request.reference)
    return await getManifest(this.#session, pull(target, request), target, signalOf(call))
  }

  /** What a tag or digest names. */
  async head(request: ReferenceRequest, call: Call = {}): Promise<ManifestDescriptor> {
    const target = targetOf(request, request.reference)
    return await headManifest(this.#session, pull(target, request), target, signalOf(call))
  }

  /** Stores a manifest; answers its digest. */
  async putManifest(
    request: ReferenceRequest & { readonly mediaType: string; readonly content: Uint8Array },
    call: Call = {},
  ): Promise<string> {
    const target = targetOf(request, request.reference)
    return await putManifest(this.#session, push(target, request), target, request, signalOf(call))
  }

  /** A blob from a byte on; checked when it is read from the start. */
  async *blob(request: BlobReadRequest, call: Call = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const digest = parseDigest(request.digest)
    const target = targetOf(request, digest.text)
    const { size, offset = 0, unchecked = false, urls = [] } = request
    checkSize(size, target)
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > size) {
      throw codedError('CONTENT_MISMATCH', `${nameOf(target)}: there is no byte ${offset} in a blob of ${size}`)
    }
    // A reader that leaves ends its requests.
    const stop = new AbortController()
    const signal = call.signal === undefined ? stop.signal : AbortSignal.any([call.signal, stop.signal])
    const access = pull(target, request)
    try {
      yield* readBlob(this.#session, { target, access, digest, size, urls, signal }, { offset, isUnchecked: unchecked })
    } finally {
      stop.abort()
    }
  }

  /** Asks whether a blob is there, and has it mounted from another repository if it can. */
  async offer(
    request: RepositoryRequest & { readonly digest: string; readonly mountFrom?: readonly string[] | undefined },
    call: Call = {},
  ): Promise<{ present: boolean; mountedFrom?: string }> {
    const digest = parseDigest(request.digest)
    const target = targetOf(request, digest.text)
    for (const repository of request.mountFrom ?? []) checkTarget({ registry: request.registry, repository })
    return await offerBlob(this.#session, target, request, digest, request.mountFrom ?? [], signalOf(call))
  }

  /** Sends a blob. A failed one is sent again with a new stream. */
  async upload(
    request: RepositoryRequest & { readonly digest: string; readonly size: number },
    input: AsyncIterable<Uint8Array>,
    call: Call = {},
  ): Promise<void> {
    const digest = parseDigest(request.digest)
    const target = targetOf(request, digest.text)
    checkSize(request.size, target)
    const access = push(target, request)
    await uploadBlob(this.#session, { target, access, digest, size: request.size, input, signal: signalOf(call) })
  }

  /** The tags of a repository. */
  tags(request: RepositoryRequest, call: Call = {}): AsyncGenerator<string, void, undefined> {
    const target = targetOf(request)
    return listTags(this.#session, pull(target, request), target, signalOf(call))
  }

  /** Manifests whose subject is a digest. */
  referrers(
    request: RepositoryRequest & { readonly digest: string; readonly artifactType?: string | undefined },
    call: Call = {},
  ): AsyncGenerator<Referrer, void, undefined> {
    const digest = parseDigest(request.digest)
    const target = targetOf(request)
    return listReferrers(this.#session, pull(target, request), target, digest, request.artifactType, signalOf(call))
  }

  /** Checks credentials; answers the identity token that may be kept in place of the password. */
  async login(
    request: { readonly registry: string; readonly credentials: RegistryCredentials },
    call: Call = {},
  ): Promise<{ identityToken?: string }> {
    checkTarget({ registry: request.registry })
    return await login(this.#session, canonicalRegistry(request.registry), request.credentials, signalOf(call))
  }

  /** Repositories by a word, of registries with the API of Docker Hub. */
  async search(
    request: {
      readonly registry: string
      readonly credentials?: RegistryCredentials | undefined
      readonly term: string
      readonly limit: number
    },
    call: Call = {},
  ): Promise<SearchResult[]> {
    checkTarget({ registry: request.registry })
    const { credentials = {} } = request
    return await search(this.#session, canonicalRegistry(request.registry), credentials, request, signalOf(call))
  }

  /** Ends every connection. Calls on the way fail. */
  async close(): Promise<void> {
    await this.#session.close()
  }
}

function signalOf({ signal }: Call): AbortSignal {
  return signal ?? new AbortController().signal
}

type InRepository = Target & { readonly repository: string; readonly reference: string }

function targetOf(request: RepositoryRequest, reference: string): InRepository
function targetOf(request: RepositoryRequest): Target & { readonly repository: string }
function targetOf({ registry, repository }: RepositoryRequest, reference?: string) {
  const target = { registry, repository, ...(reference === undefined ? {} : { reference }) }
  checkTarget(target)
  return { ...target, registry: canonicalRegistry(registry) }
}

function pull(target: Target & { readonly repository: string }, request: RepositoryRequest): Access {
  const { credentials = {}, kind } = request
  return { target, credentials, scopes: [pullScope(target.repository, kind)] }
}

function push(target: Target & { readonly repository: string }, request: RepositoryRequest): Access {
  const { credentials = {}, kind } = request
  return { target, credentials, scopes: [pushScope(target.repository, kind)] }
}

function checkSize(size: number, target: Target): void {
  if (Number.isSafeInteger(size) && size >= 0) return
  throw codedError('CONTENT_MISMATCH', `${nameOf(target)}: ${size} is not the size of a blob`, {
    hint: 'The descriptor that tells it is wrong.',
    details: { ...target },
  })
}
