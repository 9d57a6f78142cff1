import type { EndpointSpec } from '@moby/contracts'
import { randomBytes } from 'node:crypto'
import type { ContainerRecord, EndpointRecord, LiveEndpoint } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import type { NetworkRecord } from './network-record.ts'
import type { NetworkStore } from './network-store.ts'

/** The endpoints in the records of containers; a network that is claimed for one cannot be removed meanwhile. */
export class EndpointRecords {
  readonly #containers: ContainerStore
  readonly #networks: NetworkStore

  constructor(containers: ContainerStore, networks: NetworkStore) {
    this.#containers = containers
    this.#networks = networks
  }

  /** Notes what a start is about to make. Fails with NETWORK_NOT_KNOWN. */
  async begin(
    id: string,
    wishes: readonly { endpoint: EndpointRecord; network: NetworkRecord }[],
    sandboxId: string,
  ): Promise<void> {
    const endpoints = wishes.map(({ endpoint, network }) => ({
      networkId: network.id,
      spec: endpoint.spec,
      live: unfinishedEndpoint(endpoint.spec),
    }))
    await this.#networks.claim(async () => {
      for (const { network } of wishes) this.#networks.requireReady(network.id)
      await this.#containers.update(id, { sandboxId, endpoints }, 'process')
    })
  }

  /** Notes that nothing of a start is left. */
  async end(id: string): Promise<void> {
    await this.#containers.update(
      id,
      (record) => ({
        ...record,
        sandboxId: '',
        endpoints: record.endpoints.map(({ networkId, spec }) => ({ networkId, spec })),
      }),
      'process',
    )
  }

  /** Notes one more endpoint, of a running container as not finished. Fails with NETWORK_NOT_KNOWN. */
  async add(id: string, networkId: string, spec: EndpointSpec, isLive: boolean): Promise<void> {
    const added: EndpointRecord = { networkId, spec, ...(isLive ? { live: unfinishedEndpoint(spec) } : {}) }
    await this.#networks.claim(async () => {
      this.#networks.requireReady(networkId)
      await this.#containers.update(id, (record) => ({ ...record, endpoints: [...record.endpoints, added] }), 'process')
    })
  }

  async setLive(id: string, networkId: string, live: LiveEndpoint): Promise<void> {
    await this.#containers.update(
      id,
      (record) => ({
        ...record,
        endpoints: record.endpoints.map((endpoint) =>
          endpoint.networkId === networkId ? { ...endpoint, live } : endpoint,
        ),
      }),
      'process',
    )
  }

  async drop(id: string, networkId: string): Promise<void> {
    await this.#containers.update(
      id,
      (record) => ({ ...record, endpoints: record.endpoints.filter((endpoint) => endpoint.networkId !== networkId) }),
      'process',
    )
  }
}

/** What is live on a network, of all containers. */
export function liveEndpointsOf(records: readonly ContainerRecord[], networkId: string): LiveEndpoint[] {
  return records.flatMap(({ endpoints }) =>
    endpoints.flatMap((endpoint) =>
      endpoint.networkId === networkId && endpoint.live !== undefined ? [endpoint.live] : [],
    ),
  )
}

/** The first name of a link in the sandbox that no endpoint has. */
export function freeLink(endpoints: readonly EndpointRecord[]): string {
  const taken = new Set(endpoints.map(({ live }) => live?.link))
  let index = 0
  while (taken.has(`eth${index}`)) index += 1
  return `eth${index}`
}

function unfinishedEndpoint(spec: EndpointSpec): LiveEndpoint {
  return {
    endpointId: randomBytes(32).toString('hex'),
    address: '',
    addressIpv6: '',
    gateway: '',
    gatewayIpv6: '',
    macAddress: spec.macAddress ?? '',
    link: '',
    nameServers: [],
    ports: [],
    unfinished: true,
  }
}
