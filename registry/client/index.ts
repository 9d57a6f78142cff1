export { canonicalRegistry } from './endpoint/endpoints.ts'
export { RegistryClient } from './registry-client.ts'
export type { ClientSettings, ProxySettings, RegistrySettings } from './settings.ts'
