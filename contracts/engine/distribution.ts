import { Type } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Int64, Maybe, Open } from '../component/schemas.ts'
import { RegistryCredentials } from '../image/credentials.ts'
import { registryErrors } from './registry-errors.ts'

export const engineDistribution = defineContract({
  id: 'engine.distribution',
  version: '0.1.0',
  doc: 'Registries, as front-ends see them.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    login: {
      doc: 'Checks credentials at a registry; without an address, at that of Docker Hub.',
      request: Closed({
        server: Maybe(Type.String({ description: 'Host, or URL as `docker login` has it' })),
        credentials: RegistryCredentials,
      }),
      response: Open({ identityToken: Maybe(Type.String()) }),
      errors: [...registryErrors],
      deadlineMs: 0,
      idempotent: true,
    },
    inspect: {
      doc: 'What a reference names at its registry, and the platforms that it is there for.',
      request: Closed({ reference: Type.String(), credentials: Maybe(RegistryCredentials) }),
      response: Open({
        mediaType: Type.String(),
        digest: Type.String(),
        size: Int64('Bytes of the manifest or index'),
        platforms: Type.Array(
          Open({
            os: Type.String(),
            architecture: Type.String(),
            variant: Maybe(Type.String()),
            osVersion: Maybe(Type.String()),
            osFeatures: Maybe(Type.Array(Type.String())),
          }),
        ),
      }),
      errors: [...registryErrors, 'IMAGE_REFERENCE_INVALID', 'MANIFEST_INVALID', 'MANIFEST_LIMIT', 'CONTENT_MISMATCH'],
      deadlineMs: 0,
      idempotent: true,
    },
    search: {
      doc: 'Repositories by a word, most stars first. A term with a host asks that registry: `quay.io/etcd`.',
      request: Closed({
        term: Type.String({ minLength: 1 }),
        limit: Maybe(Type.Integer({ minimum: 0, maximum: 100, description: '25 when absent or 0' })),
        official: Maybe(Type.Boolean()),
        automated: Maybe(Type.Boolean()),
        stars: Maybe(Type.Integer({ description: 'At least' })),
        credentials: Maybe(RegistryCredentials),
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
      errors: [...registryErrors],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
