import { hasCode, type DriverSet, type Logger, type networkDriver } from '@moby/contracts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { ContainerRecord, LiveEndpoint } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import { withoutPrefix } from './addresses.ts'
import { readHostResolvConf } from './container-files.ts'
import type { DriverFacts } from './driver-facts.ts'
import { dnsNamesOf } from './endpoint-names.ts'
import type { NetworkStore } from './network-store.ts'
import { readLink } from './read-link.ts'
import { upstreamServers } from './resolv-conf.ts'

/** Tells network drivers which names are on their networks, always all of them, from the persisted records. */
export class NamePublisher {
  readonly #drivers: DriverSet<typeof networkDriver>
  readonly #facts: DriverFacts
  readonly #networks: NetworkStore
  readonly #containers: ContainerStore
  readonly #log: Logger
  readonly #servers: () => readonly string[]
  readonly #turns = new KeyedLock()

  constructor(parts: {
    drivers: DriverSet<typeof networkDriver>
    facts: DriverFacts
    networks: NetworkStore
    containers: ContainerStore
    log: Logger
    /** Servers that names of others are asked of; none: those of the host. */
    servers: () => readonly string[]
  }) {
    this.#drivers = parts.drivers
    this.#facts = parts.facts
    this.#networks = parts.networks
    this.#containers = parts.containers
    this.#log = parts.log
    this.#servers = parts.servers
  }

  /** Publishes a network anew. A driver that fails is logged: names are no reason not to start a container. */
  async publish(networkId: string): Promise<void> {
    const network = this.#networks.get(networkId)
    if (network === undefined || network.predefined || !this.#drivers.has(network.driver)) return
    if ((await this.#facts.of(network.driver)).names !== true) return
    try {
      await this.#turns.run(networkId, () =>
        this.#drivers.get(network.driver).publishNames({
          networkId,
          names: [...this.#namesOn(networkId), ...this.#linksOn(networkId)],
          upstream: [
            ...upstreamServers(readHostResolvConf(), { dns: this.#servers() }, { hostNetwork: true, ipv6: true }),
          ],
        }),
      )
    } catch (error) {
      if (!hasCode(error, 'NETWORK_NOT_FOUND')) {
        this.#log.warn('names were not published', { network: network.name, error: String(error) })
      }
    }
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
    return this.#containers.all().flatMap(({ endpoints }) => {
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
        return [{ endpointId: live.endpointId, names: [alias], addresses: addressesOf(live), askers }]
      })
    })
  }
}

function addressesOf({ address, addressIpv6 }: LiveEndpoint): string[] {
  return [address, addressIpv6].filter((each) => each !== '').map(withoutPrefix)
}
