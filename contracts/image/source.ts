import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Bytes, Closed, Int64, Maybe, OneOf, Open, StringMap } from '../component/schemas.ts'
import { RegistryCredentials } from './credentials.ts'

const Digest = Type.String({ minLength: 1, maxLength: 256, description: '`sha256:` and 64 hexadecimal digits' })

/** Where: registry and repository, `docker.io` and `library/busybox`. */
const onRepository = {
  registry: Type.String({ minLength: 1, description: 'Host with or without port: docker.io, localhost:5000' }),
  repository: Type.String({ minLength: 1, maxLength: 255, description: 'Complete path: library/busybox' }),
  kind: Maybe(
    OneOf(['image', 'plugin'], 'What the repository holds, which token services want to be asked for; absent: images'),
  ),
  credentials: Maybe(RegistryCredentials),
}

export const ContentDescriptor = Open({
  mediaType: Type.String(),
  digest: Digest,
  size: Int64('Bytes'),
})
export type ContentDescriptor = Static<typeof ContentDescriptor>

const Referrer = Open({
  mediaType: Type.String(),
  digest: Digest,
  size: Int64('Bytes'),
  artifactType: Maybe(Type.String()),
  annotations: Maybe(StringMap('Of the manifest')),
})

const reach = [
  'REGISTRY_UNREACHABLE',
  'REGISTRY_TLS',
  'REGISTRY_UNAUTHORIZED',
  'REGISTRY_DENIED',
  'REGISTRY_REALM_REFUSED',
  'REGISTRY_NOT_FOUND',
  'REGISTRY_RATE_LIMITED',
  'REGISTRY_FAILED',
  'REGISTRY_ANSWER_INVALID',
  'REGISTRY_STALLED',
  'REGISTRY_CONFIG_INVALID',
  'IMAGE_REFERENCE_INVALID',
  'NOT_SUPPORTED',
] as const

/**
 * Where images come from and go to: content by digest and names for it. What an image is, which platform is taken and
 * what is kept are the engine's affair; how a registry is reached (mirrors, proxies, certificates, tokens, resuming,
 * waiting) is the driver's. Source: OCI distribution specification 1.1, and the token flow of distribution/spec/auth.
 */
export const imageSource = defineContract({
  id: 'image.source',
  version: '0.1.0',
  doc: 'Registries: manifests and blobs by name and digest.',
  overlap: 'shared',
  overlapWhy: 'It reads and writes registries, and keeps nothing on the host that a second life could upset.',
  selection: 'driver',
  methods: {
    manifest: {
      doc:
        'A manifest or index by tag or digest, as the bytes that the registry has: the digest is computed of them, ' +
        'and checked when it was asked for. At most 4 MiB.',
      request: Closed({ ...onRepository, reference: Type.String({ description: 'Tag or digest' }) }),
      response: Open({
        ...ContentDescriptor.properties,
        content: Bytes('The manifest'),
        from: Type.String({ description: 'Host that answered: the registry or a mirror of it' }),
      }),
      errors: [...reach, 'CONTENT_MISMATCH', 'DIGEST_INVALID', 'MANIFEST_LIMIT'],
      deadlineMs: 0,
      idempotent: true,
    },
    head: {
      doc: 'What a tag or digest names, without its content.',
      request: Closed({ ...onRepository, reference: Type.String({ description: 'Tag or digest' }) }),
      response: ContentDescriptor,
      errors: [...reach, 'CONTENT_MISMATCH', 'DIGEST_INVALID', 'MANIFEST_LIMIT'],
      deadlineMs: 0,
      idempotent: true,
    },
    blob: {
      doc:
        'A blob from a byte on. It goes on where the connection broke, several ranges at once where that is faster, ' +
        'in order all the same. The whole of it is checked against digest and size when it is read from the start; ' +
        'who resumes, or asks for it unchecked, checks the digest, and the size is checked all the same.',
      request: Closed({
        ...onRepository,
        digest: Digest,
        size: Int64('Bytes of the whole blob, as its descriptor tells'),
        offset: Maybe(Int64('Bytes to leave out at the start')),
        unchecked: Maybe(
          Type.Boolean({
            description: 'The caller computes the digest itself, while it keeps the blob: not done twice',
          }),
        ),
        urls: Maybe(
          Type.Array(Type.String(), {
            description: 'Of a foreign layer: asked only when the configuration allows it, never with credentials',
          }),
        ),
      }),
      output: 'bytes',
      errors: [...reach, 'CONTENT_MISMATCH', 'DIGEST_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    offer: {
      doc: 'Asks whether a blob is in a repository, and has it mounted from another one of the same registry if it can.',
      request: Closed({
        ...onRepository,
        digest: Digest,
        mountFrom: Maybe(Type.Array(Type.String(), { description: 'Repositories of this registry that may have it' })),
      }),
      response: Open({
        present: Type.Boolean(),
        mountedFrom: Maybe(Type.String({ description: 'Set when it was mounted just now' })),
      }),
      errors: [...reach, 'DIGEST_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    upload: {
      doc:
        'Sends a blob: in one piece or in chunks, as the registry wants. The driver tries again what may pass, as far as ' +
        'it has kept what it read; beyond that it fails with `restart` in the details, and the caller calls again.',
      request: Closed({ ...onRepository, digest: Digest, size: Int64('Bytes') }),
      input: 'bytes',
      response: Open({}),
      errors: [...reach, 'CONTENT_MISMATCH', 'DIGEST_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    putManifest: {
      doc: 'Stores a manifest or index under a tag or its digest. What it refers to must be there.',
      request: Closed({
        ...onRepository,
        reference: Type.String({ description: 'Tag or digest' }),
        mediaType: Type.String(),
        content: Bytes('The manifest'),
      }),
      response: Open({ digest: Digest }),
      errors: [...reach, 'CONTENT_MISMATCH', 'DIGEST_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    tags: {
      doc: 'The tags of a repository, page after page.',
      request: Closed(onRepository),
      output: Open({ tag: Type.String() }),
      errors: [...reach],
      deadlineMs: 0,
      idempotent: true,
    },
    referrers: {
      doc: 'Manifests whose subject is that digest, by the referrers API or by the tag that stands in for it.',
      request: Closed({ ...onRepository, digest: Digest, artifactType: Maybe(Type.String()) }),
      output: Referrer,
      errors: [...reach, 'DIGEST_INVALID', 'MANIFEST_INVALID', 'MANIFEST_LIMIT'],
      deadlineMs: 0,
      idempotent: true,
    },
    login: {
      doc: 'Checks credentials at a registry. Gives the identity token that may be kept in place of a password, if there is one.',
      request: Closed({ registry: onRepository.registry, credentials: RegistryCredentials }),
      response: Open({ identityToken: Maybe(Type.String()) }),
      errors: [...reach],
      deadlineMs: 0,
      idempotent: true,
    },
    search: {
      doc: 'Repositories by a word. Registries of the distribution specification have no search: only those with the API of Docker Hub answer.',
      request: Closed({
        registry: onRepository.registry,
        credentials: Maybe(RegistryCredentials),
        term: Type.String({ minLength: 1 }),
        limit: Type.Integer({ minimum: 1, maximum: 100 }),
      }),
      response: Open({
        results: Type.Array(
          Open({
            name: Type.String(),
            description: Type.String(),
            stars: Type.Integer(),
            official: Type.Boolean(),
            automated: Type.Boolean(),
          }),
        ),
      }),
      errors: [...reach],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
