// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface RegistryCredentials {
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** A refresh token, exchanged at the token service */
  readonly identityToken?: string | undefined
  /** A bearer token, sent as it is */
  readonly registryToken?: string | undefined
}

export interface ManifestRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
  /** Tag or digest */
  readonly reference: string
}

export interface ManifestResponse {
  readonly mediaType: string
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
  /** Bytes */
  readonly size: string
  /** The manifest */
  readonly content: Uint8Array
  /** Host that answered: the registry or a mirror of it */
  readonly from: string
}

export interface HeadRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
  /** Tag or digest */
  readonly reference: string
}

export interface HeadResponse {
  readonly mediaType: string
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
  /** Bytes */
  readonly size: string
}

export interface BlobRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
  /** Bytes of the whole blob, as its descriptor tells */
  readonly size: string
  /** Bytes to leave out at the start */
  readonly offset?: string | undefined
  /** The caller computes the digest itself, while it keeps the blob: not done twice */
  readonly unchecked?: boolean | undefined
  /** Of a foreign layer: asked only when the configuration allows it, never with credentials */
  readonly urls?: readonly string[] | undefined
}

export interface OfferRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
  /** Repositories of this registry that may have it */
  readonly mountFrom?: readonly string[] | undefined
}

export interface OfferResponse {
  readonly present: boolean
  /** Set when it was mounted just now */
  readonly mountedFrom?: string | undefined
}

export interface UploadRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
  /** Bytes */
  readonly size: string
}

export interface PutManifestRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
  /** Tag or digest */
  readonly reference: string
  readonly mediaType: string
  /** The manifest */
  readonly content: Uint8Array
}

export interface PutManifestResponse {
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
}

export interface TagsRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
}

export interface TagsItem {
  readonly tag: string
}

export interface ReferrersRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  /** Complete path: library/busybox */
  readonly repository: string
  /** What the repository holds, which token services want to be asked for; absent: images */
  readonly kind?: 'image' | 'plugin' | undefined
  readonly credentials?: RegistryCredentials | undefined
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
  readonly artifactType?: string | undefined
}

export interface ReferrersItem {
  readonly mediaType: string
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string
  /** Bytes */
  readonly size: string
  readonly artifactType?: string | undefined
  /** Of the manifest */
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

export interface LoginRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  readonly credentials: RegistryCredentials
}

export interface LoginResponse {
  readonly identityToken?: string | undefined
}

export interface SearchRequest {
  /** Host with or without port: docker.io, localhost:5000 */
  readonly registry: string
  readonly credentials?: RegistryCredentials | undefined
  readonly term: string
  readonly limit: number
}

export interface Result {
  readonly name: string
  readonly description: string
  readonly stars: number
  readonly official: boolean
  readonly automated: boolean
}

export interface SearchResponse {
  readonly results: readonly Result[]
}

/** image.source 0.1.0: Registries: manifests and blobs by name and digest. */
export interface Driver {
  /** A manifest or index by tag or digest, as the bytes that the registry has: the digest is computed of them, and checked when it was asked for. At most 4 MiB. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID, MANIFEST_LIMIT. */
  manifest(request: ManifestRequest, call?: Call): Promise<ManifestResponse>

  /** What a tag or digest names, without its content. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID, MANIFEST_LIMIT. */
  head(request: HeadRequest, call?: Call): Promise<HeadResponse>

  /** A blob from a byte on. It goes on where the connection broke, several ranges at once where that is faster, in order all the same. The whole of it is checked against digest and size when it is read from the start; who resumes, or asks for it unchecked, checks the digest, and the size is checked all the same. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID. */
  blob(request: BlobRequest, call?: Call): AsyncIterable<Uint8Array>

  /** Asks whether a blob is in a repository, and has it mounted from another one of the same registry if it can. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED, DIGEST_INVALID. */
  offer(request: OfferRequest, call?: Call): Promise<OfferResponse>

  /** Sends a blob: in one piece or in chunks, as the registry wants. The driver tries again what may pass, as far as it has kept what it read; beyond that it fails with `restart` in the details, and the caller calls again. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID. */
  upload(request: UploadRequest, input: AsyncIterable<Uint8Array>, call?: Call): Promise<Record<string, never>>

  /** Stores a manifest or index under a tag or its digest. What it refers to must be there. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID. */
  putManifest(request: PutManifestRequest, call?: Call): Promise<PutManifestResponse>

  /** The tags of a repository, page after page. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED. */
  tags(request: TagsRequest, call?: Call): AsyncIterable<TagsItem>

  /** Manifests whose subject is that digest, by the referrers API or by the tag that stands in for it. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED, DIGEST_INVALID, MANIFEST_INVALID, MANIFEST_LIMIT. */
  referrers(request: ReferrersRequest, call?: Call): AsyncIterable<ReferrersItem>

  /** Checks credentials at a registry. Gives the identity token that may be kept in place of a password, if there is one. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED. */
  login(request: LoginRequest, call?: Call): Promise<LoginResponse>

  /** Repositories by a word. Registries of the distribution specification have no search: only those with the API of Docker Hub answer. Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID, NOT_SUPPORTED. */
  search(request: SearchRequest, call?: Call): Promise<SearchResponse>
}
