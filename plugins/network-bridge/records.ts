import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IpamData, Logger, PortBinding } from '@moby/contracts'
import { errnoOf } from '@moby/lib-linux'
import type { PortRule } from './firewall/rules.ts'
import type { NetworkOptions } from './network-options.ts'

export interface NetworkRecord {
  readonly networkId: string
  readonly name: string
  readonly bridge: string
  /** Made by this driver, so that it goes with the network. */
  readonly ownsBridge: boolean
  readonly internal: boolean
  readonly options: NetworkOptions
  readonly ipv4: readonly IpamData[]
  readonly ipv6: readonly IpamData[]
  /** To the name server, where it could not have port 53. */
  readonly nameRedirects?: readonly PortRule[]
}

/** A port that is published: what was asked for with the host port that was found, and what does it. */
export interface PublishedPort {
  readonly binding: PortBinding & { readonly hostIp: string; readonly hostPort: number }
  /** Redirects packets in the kernel. */
  readonly rule?: PortRule
  /** Lets it be reached at the container's own address. */
  readonly direct?: PortRule
  /** Address of the container to which a process carries what comes to the port; it holds the port, too. */
  readonly relay?: string
}

export interface EndpointRecord {
  readonly networkId: string
  readonly endpointId: string
  /** With prefix length. */
  readonly address?: string
  readonly addressIpv6?: string
  readonly macAddress: string
  /** Name of the link inside, where the user chose one. */
  readonly linkName?: string
  readonly exposedPorts: readonly { readonly protocol: string; readonly port: number }[]
  readonly bindings: readonly PortBinding[]
  readonly published: readonly PublishedPort[]
}

/**
 * One small JSON file a network and an endpoint, replaced whole. They survive the process's death; after a loss
 * of power the endpoints are gone anyway and the engine makes its networks again.
 */
export class Records {
  readonly #folders: { readonly networks: string; readonly endpoints: string }
  readonly #log: Logger

  constructor(folder: string, log: Logger) {
    this.#folders = { networks: join(folder, 'networks'), endpoints: join(folder, 'endpoints') }
    this.#log = log
    for (const path of Object.values(this.#folders)) mkdirSync(path, { recursive: true, mode: 0o700 })
  }

  networks(): NetworkRecord[] {
    return this.#read<NetworkRecord>(this.#folders.networks)
  }

  endpoints(): EndpointRecord[] {
    return this.#read<EndpointRecord>(this.#folders.endpoints)
  }

  putNetwork(record: NetworkRecord): void {
    replaceFile(join(this.#folders.networks, fileOf(record.networkId)), record)
  }

  deleteNetwork(networkId: string): void {
    rmSync(join(this.#folders.networks, fileOf(networkId)), { force: true })
  }

  putEndpoint(record: EndpointRecord): void {
    replaceFile(join(this.#folders.endpoints, fileOf(record.networkId, record.endpointId)), record)
  }

  deleteEndpoint(networkId: string, endpointId: string): void {
    rmSync(join(this.#folders.endpoints, fileOf(networkId, endpointId)), { force: true })
  }

  #read<T>(folder: string): T[] {
    const found: T[] = []
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      if (!name.endsWith('.json')) {
        rmSync(path, { force: true })
        continue
      }
      try {
        found.push(JSON.parse(readFileSync(path, 'utf8')) as T)
      } catch (error) {
        this.#log.warn('an unreadable record was dropped', { path, error: errnoOf(error) ?? String(error) })
        rmSync(path, { force: true })
      }
    }
    return found
  }
}

/** Ids are free text, so files are called by their hash. */
function fileOf(...ids: string[]): string {
  return `${createHash('sha256').update(ids.join('\0')).digest('hex').slice(0, 40)}.json`
}

function replaceFile(path: string, value: unknown): void {
  const temporary = `${path}.new`
  writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 })
  renameSync(temporary, path)
}
