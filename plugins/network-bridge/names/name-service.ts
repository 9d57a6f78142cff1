import { join } from 'node:path'
import type { Logger, networkDriver, RequestOf } from '@moby/contracts'
import {
  fileOf,
  gatherNames,
  NameProcess,
  plainName,
  relayEnding,
  type RelayPlace,
  type ZoneState,
} from '@moby/lib-names'
import { hostAddressesOf } from '../bridge-link.ts'
import { familyOf, type PortRule } from '../firewall/rules.ts'
import type { Host } from '../host.ts'
import type { NetworkRecord } from '../records.ts'

type PublishRequest = RequestOf<typeof networkDriver, 'publishNames'>

/** Names of the driver's networks and ports that rules cannot carry, by a process that outlives the engine. */
export class NameService {
  readonly #process: NameProcess

  constructor(options: { folder: string; host: Host; log: Logger }) {
    const { folder, host, log } = options
    this.#process = new NameProcess({ folder: join(folder, 'names'), log, inHost: (fn) => host.run(fn) })
  }

  /**
   * Replaces the names of a network; when it answers, they answer. The rules that it returns redirect to the name
   * server where it could not have port 53.
   */
  async publish(
    network: NetworkRecord,
    names: PublishRequest['names'],
    upstream: PublishRequest['upstream'],
  ): Promise<PortRule[]> {
    const { places = [] } = await this.#process.put(fileOf(network.networkId), zoneOf(network, names, upstream))
    return places.filter((place) => place.port !== 53).flatMap(redirectsTo)
  }

  /**
   * Has ports of the host carried to an endpoint. When it answers they are held, and open. Fails with HOST_SYSTEM_CALL,
   * details `{errno}` where a port could not be had.
   */
  async relay(endpoint: string, places: readonly RelayPlace[]): Promise<void> {
    try {
      await this.#process.put(fileOf(endpoint, relayEnding), places)
    } catch (error) {
      await this.unrelay(endpoint)
      throw error
    }
  }

  /** Ends what is carried to an endpoint, with all connections. */
  async unrelay(endpoint: string): Promise<void> {
    await this.#process.drop(fileOf(endpoint, relayEnding))
  }

  /** Ends what is carried to endpoints other than these. */
  async relayOnly(endpoints: readonly string[]): Promise<void> {
    const known = new Set(endpoints.map((endpoint) => fileOf(endpoint, relayEnding)))
    const unknown = this.#process.files().filter((file) => file.endsWith(relayEnding) && !known.has(file))
    for (const file of unknown) await this.#process.drop(file)
  }

  /** Ends the names of a network; with the last one the process ends too. */
  async forget(networkId: string): Promise<void> {
    await this.#process.drop(fileOf(networkId), { endsLast: true })
  }

  /** Sees to it that the process runs when an earlier engine left it networks. */
  resume(): void {
    this.#process.resume()
  }

  /** Lets go of the process, or ends it. */
  async close(end: boolean): Promise<void> {
    await this.#process.close(end)
  }
}

function zoneOf(
  network: NetworkRecord,
  names: PublishRequest['names'],
  upstream: PublishRequest['upstream'],
): ZoneState {
  const { v4, v6 } = hostAddressesOf(network)
  return {
    networkId: network.networkId,
    listen: [v4, v6].filter((address) => address !== undefined),
    subnets: [...network.ipv4, ...network.ipv6].map((pool) => pool.pool),
    names: [...gatherNames(names.filter(({ askers }) => askers === undefined))],
    links: names.flatMap(({ names: own, addresses, askers }) =>
      askers === undefined ? [] : own.map((name) => ({ name: plainName(name), addresses, askers })),
    ),
    upstream,
  }
}

function redirectsTo({ address, port }: { address: string; port: number }): PortRule[] {
  return (['udp', 'tcp'] as const).map((protocol) => ({
    family: familyOf(address),
    protocol,
    hostIp: address,
    hostPort: 53,
    address,
    port,
  }))
}
