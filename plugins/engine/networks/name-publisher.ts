import { gatherNames, plainName, type ZoneState } from '@moby/lib-names'
import { hasCode, type DriverSet, type Logger, type networkDriver } from '@moby/contracts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { ContainerRecord, LiveEndpoint } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import { withoutPrefix } from './addresses.ts'
import { readHostResolvConf } from './container-files.ts'
import type { DriverFacts } from './driver-facts.ts'
import { dnsNamesOf } from './endpoint-names.ts'
import type { NetworkStore } from './network-store.ts'
import type { NetworkRecord } from './network-record.ts'
import { readLink } from './read-link.ts'
import { upstreamServers } from './resolv-conf.ts'
import type { SandboxNames } from './sandbox-names.ts'

/**
 * Tells the name servers in sandboxes, and network drivers that answer names themselves, which names are on a network:
 * always all of them, from the persisted records.
 */
export class NamePublisher {
  readonly #drivers: DriverSet<typeof networkDriver>
  readonly #facts: DriverFacts
  readonly #networks: NetworkStore
  readonly #containers: ContainerStore
  readonly #sandboxes: SandboxNames
  readonly #log: Logger
  readonly #servers: () => readonly string[]
  readonly #turns = new KeyedLock()

  constructor(parts: {
    drivers: DriverSet<typeof networkDriver>
    facts: DriverFacts
    networks: NetworkStore
    containers: ContainerStore
    sandboxes: SandboxNames
    log: Logger
    /** Servers that names of others are asked of; none: those of the host. */
    servers: () => readonly string[]
  }) {
    this.#drivers = parts.drivers
    this.#facts = parts.facts
    this.#networks = parts.networks
    this.#containers = parts.containers
    this.#sandboxes = parts.sandboxes
    this.#log = parts.log
    this.#servers = parts.servers
  }

  /** Publishes a network anew. What fails is logged: names are no reason not to start a container. */
  async publish(networkId: string): Promise<void> {
    const network = this.#networks.get(networkId)
    if (network === undefined || network.predefined) return
    await this.#turns.run(networkId, async () => {
      await Promise.all([this.#tellSandboxes(network), this.#tellDriver(network)])
    })
  }

  /** All networks with something on them. */
  async publishAll(): Promise<void> {
    const used = this.#containers
      .all()
      .flatMap(({ endpoints }) => endpoints.flatMap(({ networkId, live }) => (live === undefined ? [] : [networkId])))
    for (const networkId of new Set(used)) await this.publish(networkId)
  }

  async #tellSandboxes(network: NetworkRecord): Promise<void> {
    const names = this.#namesOn(network.id)
    try {
      if (names.length === 0) await this.#sandboxes.dropZone(network.id)
      else await this.#sandboxes.putZone(this.#zoneOf(network))
    } catch (error) {
      this.#log.warn('names were not published', { network: network.name, error: String(error) })
    }
  }

  /** Names answer alone and with that of the network behind; addresses tell the name of their container. */
  #zoneOf(network: NetworkRecord): ZoneState {
    const names = this.#namesOn(network.id)
    return {
      networkId: network.id,
      listen: [],
      subnets: network.pools.map(({ data }) => data.pool).filter((pool) => !pool.endsWith('/0')),
      names: [
        ...gatherNames(
          names.map(({ names: own, addresses }) => ({
            names: own.flatMap((name) => [name, `${name}.${network.name}`]),
            addresses,
          })),
        ),
      ],
      links: this.#linksOn(network.id).flatMap(({ names: own, addresses, sandboxId }) =>
        own.map((name) => ({ name: plainName(name), addresses, askers: [sandboxId] })),
      ),
      reverse: names.flatMap(({ names: [name = ''], addresses }) =>
        addresses.map((address) => [address, [`${name}.${network.name}`]] as const),
      ),
      upstream: [],
    }
  }

  /** For containers that ask the driver's own name servers, because there is none in their sandbox. */
  async #tellDriver(network: NetworkRecord): Promise<void> {
    const networkId = network.id
    if (!this.#containers.all().some((container) => this.#asksDriver(container, networkId))) return
    try {
      if (!this.#drivers.has(network.driver) || (await this.#facts.of(network.driver)).names !== true) return
      await this.#drivers.get(network.driver).publishNames({
        networkId,
        names: [
          ...this.#namesOn(networkId),
          ...this.#linksOn(networkId).map(({ sandboxId: _inside, ...link }) => link),
        ],
        upstream: [
          ...upstreamServers(readHostResolvConf(), { dns: this.#servers() }, { hostNetwork: true, ipv6: true }),
        ],
      })
    } catch (error) {
      if (!hasCode(error, 'NETWORK_NOT_FOUND')) {
        this.#log.warn('names were not published', { network: network.name, error: String(error) })
      }
    }
  }

  #asksDriver({ endpoints, sandboxId }: ContainerRecord, networkId: string): boolean {
    const isOn = endpoints.some((endpoint) => endpoint.networkId === networkId && endpoint.live !== undefined)
    return isOn && !this.#sandboxes.serves(sandboxId)
  }

  #namesOn(networkId: string) {
    return this.#containers.all().flatMap((container) =>
      container.endpoints.flatMap(({ networkId: id, spec, live }) => {
        if (id !== networkId || live === undefined) return []
        const addresses = addressesOf(live)
        if (addresses.length === 0) return []
        return [{ endpointId: live.endpointId, names: dnsNamesOf(container, spec), addresses }]
      }),
    )
  }

  /** Links of a container are names that it alone has for others. */
  #linksOn(networkId: string) {
    const on = (endpoints: ContainerRecord['endpoints']) => endpoints.find((each) => each.networkId === networkId)
    return this.#containers.all().flatMap(({ endpoints, sandboxId }) => {
      const own = on(endpoints)
      const links = own?.spec.links ?? []
      if (own?.live === undefined || links.length === 0) return []
      const askers = addressesOf(own.live)
      return links.map(readLink).flatMap(({ ref, alias }) => {
        const other = this.#containers
          .list()
          .find(({ id, name }) => name === ref || id === ref || id.slice(0, 12) === ref)
        const live = other === undefined ? undefined : on(other.endpoints)?.live
        if (live === undefined) return []
        return [{ endpointId: live.endpointId, names: [alias], addresses: addressesOf(live), askers, sandboxId }]
      })
    })
  }
}

function addressesOf({ address, addressIpv6 }: LiveEndpoint): string[] {
  return [address, addressIpv6].filter((each) => each !== '').map(withoutPrefix)
}
