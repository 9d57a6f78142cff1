import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@moby/contracts'
import type { ParentOptions } from './parent-options.ts'

export interface NetworkRecord {
  readonly networkId: string
  readonly name: string
  readonly options: ParentOptions
  /** Name of the link that the containers share. */
  readonly parent: string
  /** Made by this driver, so that it goes with the last network on it. */
  readonly ownsParent: boolean
  /** No way out. */
  readonly internal: boolean
  readonly gateway?: string
  readonly gatewayIpv6?: string
}

export interface EndpointRecord {
  readonly networkId: string
  readonly endpointId: string
  readonly address?: string
  readonly addressIpv6?: string
  readonly macAddress?: string
  /** Name of the link inside, where the user chose one. */
  readonly linkName?: string
  /** Where its link is, once it joined; without sandbox it was left on the host for the engine to move. */
  readonly place?: { readonly sandboxKey: string; readonly link: string }
}

/** One small JSON file a network and an endpoint, replaced whole: they survive the death of the process. */
export class ParentRecords {
  readonly networks: ReadonlyMap<string, NetworkRecord>
  readonly endpoints: ReadonlyMap<string, EndpointRecord>
  readonly #networks: Map<string, NetworkRecord>
  readonly #endpoints: Map<string, EndpointRecord>
  readonly #folder: string
  readonly #log: Logger

  constructor(folder: string, log: Logger) {
    this.#folder = folder
    this.#log = log
    this.#networks = new Map(this.#read<NetworkRecord>('networks').map((record) => [record.networkId, record]))
    this.#endpoints = new Map(this.#read<EndpointRecord>('endpoints').map((record) => [endpointKey(record), record]))
    this.networks = this.#networks
    this.endpoints = this.#endpoints
  }

  putNetwork(record: NetworkRecord): void {
    this.#write('networks', record.networkId, record)
    this.#networks.set(record.networkId, record)
  }

  deleteNetwork(networkId: string): void {
    rmSync(this.#path('networks', networkId), { force: true })
    this.#networks.delete(networkId)
  }

  putEndpoint(record: EndpointRecord): void {
    this.#write('endpoints', endpointKey(record), record)
    this.#endpoints.set(endpointKey(record), record)
  }

  deleteEndpoint(which: EndpointId): void {
    rmSync(this.#path('endpoints', endpointKey(which)), { force: true })
    this.#endpoints.delete(endpointKey(which))
  }

  #read<T>(kind: string): T[] {
    const folder = join(this.#folder, kind)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name)
      try {
        if (name.endsWith('.json')) return [JSON.parse(readFileSync(path, 'utf8')) as T]
      } catch (error) {
        this.#log.warn('an unreadable record was dropped', { path, error: String(error) })
      }
      rmSync(path, { force: true })
      return []
    })
  }

  #write(kind: string, id: string, value: unknown): void {
    const path = this.#path(kind, id)
    writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }

  /** Ids are free text, so files are called by their hash. */
  #path(kind: string, id: string): string {
    return join(this.#folder, kind, `${createHash('sha256').update(id).digest('hex').slice(0, 40)}.json`)
  }
}

interface EndpointId {
  readonly networkId: string
  readonly endpointId: string
}

/** One text for an endpoint of a network. */
export function endpointKey({ networkId, endpointId }: EndpointId): string {
  return `${networkId}/${endpointId}`
}
