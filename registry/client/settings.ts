import type { Logger } from '@moby/contracts'

/** How one registry, mirror or token service is reached. */
export interface RegistrySettings {
  /** Hosts or URLs that are asked first for what is read, in this order. Never with credentials. */
  readonly mirrors?: readonly string[]
  /** Certificates are not checked, and where there is no TLS, plain HTTP is spoken. */
  readonly insecure?: boolean
  /** Files, PEM: authorities beside those of the system; certificate and key that this client shows. */
  readonly ca?: string
  readonly clientCert?: string
  readonly clientKey?: string
  /** Hosts, with or without port, that credentials may be sent to for a token, beside those of the registry's domain. */
  readonly trustedRealms?: readonly string[]
}

export interface ProxySettings {
  /** URLs: for plain HTTP, for HTTPS; http, https and socks5. */
  readonly http?: string
  readonly https?: string
  /** Hosts, domains, addresses and networks that are reached without, separated by commas; `*` for all. */
  readonly no?: string
}

export interface ClientSettings {
  /** By name as in references: `docker.io`, `registry.example:5000`. */
  readonly registries: Readonly<Record<string, RegistrySettings>>
  /** Folders laid out as /etc/docker/certs.d; the first that has one for a host is taken. */
  readonly certificateFolders: readonly string[]
  /** What is not given is taken of HTTP_PROXY, HTTPS_PROXY and NO_PROXY in `environment`. */
  readonly proxies: ProxySettings
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Connections to a host at a time. */
  readonly connections: number
  /** Connections for one large blob at a time. */
  readonly rangesPerBlob: number
  /** Milliseconds without a byte that a connection is waited for. */
  readonly stallMs: number
  readonly connectMs: number
  /** Milliseconds that a registry may have its client wait before it is asked again. */
  readonly longestWaitMs: number
  /** Bytes up to which a blob is sent whole, and at least of a chunk where a registry wants chunks. */
  readonly chunkBytes: number
  /** Layers may come from the addresses that their descriptors name. */
  readonly allowForeignLayers: boolean
  readonly userAgent: string
  readonly log: Logger
}

const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function ignore(): void {}

export const defaultSettings: ClientSettings = {
  registries: {},
  certificateFolders: ['/etc/moby-origin/certs.d', '/etc/docker/certs.d'],
  proxies: {},
  environment: {},
  connections: 16,
  rangesPerBlob: 4,
  stallMs: 30_000,
  connectMs: 10_000,
  longestWaitMs: 60_000,
  chunkBytes: 8 << 20,
  allowForeignLayers: false,
  userAgent: 'moby-origin/0.1.0',
  log: silent,
}
