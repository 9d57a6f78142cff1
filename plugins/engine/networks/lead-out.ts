import type { ContainerRecord, EndpointRecord } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import type { EndpointRecords } from './endpoint-records.ts'
import type { EndpointService } from './endpoint-service.ts'
import type { NetworkStore } from './network-store.ts'
import { portsToPublish } from './ports-to-publish.ts'
import type { SandboxPool } from './sandbox-pool.ts'
import { familiesBy, networkOfPorts, type WaysOut } from './ways-out.ts'

/** Moves ways out, and published ports with them, between the endpoints of a container that runs. */
export class LeadOut {
  readonly #containers: ContainerStore
  readonly #networks: NetworkStore
  readonly #endpoints: EndpointService
  readonly #records: EndpointRecords
  readonly #sandboxes: SandboxPool

  constructor(parts: {
    containers: ContainerStore
    networks: NetworkStore
    endpoints: EndpointService
    records: EndpointRecords
    sandboxes: SandboxPool
  }) {
    this.#containers = parts.containers
    this.#networks = parts.networks
    this.#endpoints = parts.endpoints
    this.#records = parts.records
    this.#sandboxes = parts.sandboxes
  }

  /** Takes away what other endpoints are to have. */
  async take(id: string, before: WaysOut, after: WaysOut): Promise<void> {
    for (const { networkId } of this.#containers.current(id).endpoints) {
      const kept = familiesBy(networkId, after)
      const leads = familiesBy(networkId, before).filter((family) => !kept.includes(family))
      const keepsPorts = networkOfPorts(before) !== networkId || networkOfPorts(after) === networkId
      if (leads.length === 0 && keepsPorts) continue
      await this.#change(id, networkId, async (facts) => await this.#endpoints.demote({ ...facts, leads, keepsPorts }))
    }
  }

  /** Gives endpoints what is theirs; what they have already is no error. */
  async give(id: string, ways: WaysOut): Promise<void> {
    for (const { networkId } of this.#containers.current(id).endpoints) {
      const leads = familiesBy(networkId, ways)
      if (leads.length === 0) continue
      await this.#change(id, networkId, async (facts, record) => {
        const isOpen = networkOfPorts(ways) !== networkId || facts.live.ports.length > 0
        return await this.#endpoints.promote({ ...facts, leads, ports: isOpen ? [] : portsToPublish(record) })
      })
    }
  }

  async #change(id: string, networkId: string, work: Change): Promise<void> {
    const record = this.#containers.current(id)
    const live = record.endpoints.find((endpoint) => endpoint.networkId === networkId)?.live
    const network = this.#networks.get(networkId)
    if (live === undefined || network === undefined) return
    const sandboxKey = this.#sandboxes.keyOf(record.sandboxId)
    await this.#records.setLive(id, networkId, await work({ network, live, sandboxKey }, record))
  }
}

type Live = NonNullable<EndpointRecord['live']>
type Facts = Pick<Parameters<EndpointService['promote']>[0], 'network' | 'live' | 'sandboxKey'>
type Change = (facts: Facts, record: ContainerRecord) => Promise<Live>
