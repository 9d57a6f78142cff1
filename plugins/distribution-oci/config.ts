import process from 'node:process'
import type { Logger } from '@moby/contracts'
import {
  canonicalRegistry,
  type ClientSettings,
  type ProxySettings,
  type RegistrySettings,
} from '@moby/registry/client'

/** Configuration of the component, by the schema in component.yaml. */
export interface Config {
  readonly registries: Readonly<Record<string, RegistrySettings>>
  readonly certificateFolders: readonly string[]
  readonly proxies: ProxySettings
  readonly connections: number
  readonly rangesPerBlob: number
  /** Seconds. */
  readonly stallTimeout: number
  readonly connectTimeout: number
  readonly longestWait: number
  readonly uploadChunkBytes: number
  readonly allowForeignLayers: boolean
}

/** What the client is told. */
export function settingsOf(config: Config, version: string, log: Logger): Partial<ClientSettings> {
  return {
    registries: Object.fromEntries(
      Object.entries(config.registries).map(([name, settings]) => [canonicalRegistry(name), settings]),
    ),
    certificateFolders: config.certificateFolders,
    proxies: config.proxies,
    environment: process.env,
    connections: config.connections,
    rangesPerBlob: config.rangesPerBlob,
    stallMs: config.stallTimeout * 1000,
    connectMs: config.connectTimeout * 1000,
    longestWaitMs: config.longestWait * 1000,
    chunkBytes: config.uploadChunkBytes,
    allowForeignLayers: config.allowForeignLayers,
    userAgent: `moby-origin/${version}`,
    log,
  }
}
