export { digestOf, hashOf, parseDigest, type Digest } from './digest.ts'
export { manifestLimit, type FetchedManifest, type ManifestDescriptor } from './manifests.ts'
export type { Referrer } from './referrers.ts'
export {
  RegistryClient,
  type BlobReadRequest,
  type ReferenceRequest,
  type RepositoryRequest,
} from './registry-client.ts'
export type { SearchResult } from './search.ts'
export { defaultSettings, type ClientSettings, type ProxySettings, type RegistrySettings } from './settings.ts'
