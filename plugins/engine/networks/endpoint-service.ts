import type {
  DriverSet,
  EndpointInterface,
  EndpointSpec,
  JoinResult,
  Logger,
  networkDriver,
  networkIpam,
  PortBinding,
} from '@moby/contracts'
import type { LiveEndpoint } from '../containers/container-record.ts'
import { checkWish, releaseAddress, reserveAddresses } from './addresses.ts'
import { checkEndpoint } from './check-endpoint.ts'
import type { DriverFacts } from './driver-facts.ts'
import { driverOptions, readSysctls, type LinkSetting } from './endpoint-sysctls.ts'
import type { NetworkRecord } from './network-record.ts'
import type { NetworkStore } from './network-store.ts'
import type { SandboxLinks } from './sandbox-links.ts'
import type { Family } from './ways-out.ts'
import { Undo } from '../concurrency/undo.ts'

export interface EndpointWish {
  readonly network: NetworkRecord
  readonly spec: EndpointSpec
  readonly endpointId: string
  readonly sandboxKey: string
  /** Name of the link inside, where the driver gives it none of its own. */
  readonly link: string
  /** Families that go out by this endpoint. */
  readonly leads: readonly Family[]
  readonly exposedPorts: readonly string[]
  /** Those that it publishes. */
  readonly ports: readonly PortBinding[]
  /** Keeps what is known of the endpoint so far, so that it can be undone after a crash. */
  readonly persist: (live: LiveEndpoint) => Promise<void>
}

/** Connects sandboxes to networks: address, endpoint, link, published ports; and takes all of it back. */
export class EndpointService {
  readonly #drivers: DriverSet<typeof networkDriver>
  readonly #ipam: DriverSet<typeof networkIpam>
  readonly #facts: DriverFacts
  readonly #links: SandboxLinks
  readonly #networks: NetworkStore
  readonly #endpointsOf: (networkId: string) => readonly LiveEndpoint[]
  readonly #log: Logger

  constructor(parts: {
    drivers: DriverSet<typeof networkDriver>
    ipam: DriverSet<typeof networkIpam>
    facts: DriverFacts
    links: SandboxLinks
    networks: NetworkStore
    /** What is live on a network, of all containers. */
    endpointsOf: (networkId: string) => readonly LiveEndpoint[]
    log: Logger
  }) {
    this.#drivers = parts.drivers
    this.#ipam = parts.ipam
    this.#facts = parts.facts
    this.#links = parts.links
    this.#networks = parts.networks
    this.#endpointsOf = parts.endpointsOf
    this.#log = parts.log
  }

  /** Makes an endpoint as a whole or not at all. */
  async connect(wish: EndpointWish): Promise<LiveEndpoint> {
    const undo = new Undo()
    try {
      return await this.#connect(wish, undo)
    } catch (error) {
      await undo.run((failure) => this.#log.warn('an endpoint was not undone', { error: String(failure) }))
      throw error
    }
  }

  /**
   * Takes an endpoint away. What fails is logged and does not keep the rest from being done. The sandbox is given where
   * it lives on; otherwise the link goes with it.
   */
  async disconnect(networkId: string, live: LiveEndpoint, sandboxKey?: string): Promise<void> {
    const network = this.#networks.get(networkId)
    if (network === undefined) return
    const attempt = async (what: string, work: () => Promise<unknown>) => {
      try {
        await work()
      } catch (error) {
        this.#log.warn(`${what} failed`, { network: network.name, endpoint: live.endpointId, error: String(error) })
      }
    }
    const which = { networkId, endpointId: live.endpointId }
    if (this.#drivers.has(network.driver)) {
      // One that is away must not keep a container from ending: each step then fails and is logged.
      const driver = () => this.#drivers.get(network.driver)
      if (live.ports.length > 0) await attempt('revoking ports', async () => await driver().revokeExternal(which))
      if (sandboxKey !== undefined && live.link !== '') {
        await attempt('detaching the link', () => this.#links.detach(sandboxKey, live.link))
      }
      await attempt('leaving the network', async () => await driver().leave(which))
      await attempt('deleting the endpoint', async () => await driver().deleteEndpoint(which))
    }
    for (const reserved of addressesOf(live)) {
      await attempt('releasing an address', () => releaseAddress(this.#ipam, network, reserved))
    }
  }

  /** Has families go out by an endpoint, and publishes ports there. */
  async promote(wish: {
    network: NetworkRecord
    live: LiveEndpoint
    sandboxKey: string
    leads: readonly Family[]
    ports: readonly PortBinding[]
  }): Promise<LiveEndpoint> {
    const { network, live } = wish
    if (live.link !== '') this.#links.lead(wish.sandboxKey, live.link, live, wish.leads)
    if (wish.ports.length === 0) return live
    return { ...live, ports: await this.#program(network, live.endpointId, wish.ports) }
  }

  /** Takes ways out, and its ports unless it keeps them, away from an endpoint, before another gets them. */
  async demote(wish: {
    network: NetworkRecord
    live: LiveEndpoint
    sandboxKey: string
    leads: readonly Family[]
    keepsPorts: boolean
  }): Promise<LiveEndpoint> {
    const { network, live, keepsPorts } = wish
    if (live.ports.length > 0 && !keepsPorts) {
      await this.#drivers.get(network.driver).revokeExternal({ networkId: network.id, endpointId: live.endpointId })
    }
    if (live.link !== '') this.#links.leadNoMore(wish.sandboxKey, live.link, live, wish.leads)
    return keepsPorts ? live : { ...live, ports: [] }
  }

  async #connect(wish: EndpointWish, undo: Undo): Promise<LiveEndpoint> {
    const { network, spec, endpointId, sandboxKey } = wish
    const driver = this.#drivers.get(network.driver)
    const facts = await this.#facts.of(network.driver)
    const settings = readSysctls(spec.driverOptions)
    const options = driverOptions(spec.driverOptions)
    const which = { networkId: network.id, endpointId }
    let live: LiveEndpoint = {
      endpointId,
      address: '',
      addressIpv6: '',
      gateway: '',
      gatewayIpv6: '',
      macAddress: spec.macAddress ?? '',
      link: '',
      nameServers: [],
      ports: [],
    }
    checkWish(network, spec)
    if (facts.addresses) {
      const { v4, v6 } = await reserveAddresses(this.#ipam, network, spec)
      for (const reserved of [v4, v6]) {
        if (reserved !== undefined) undo.add(() => releaseAddress(this.#ipam, network, reserved))
      }
      live = {
        ...live,
        address: v4?.address ?? '',
        addressIpv6: v6?.address ?? '',
        ...(v4 === undefined ? {} : { poolId: v4.poolId }),
        ...(v6 === undefined ? {} : { poolIdIpv6: v6.poolId }),
      }
    }
    await wish.persist({ ...live, unfinished: true })
    undo.add(() => driver.deleteEndpoint(which))
    const wished: EndpointInterface = {
      ...(live.address === '' ? {} : { address: live.address }),
      ...(live.addressIpv6 === '' ? {} : { addressIpv6: live.addressIpv6 }),
      ...(live.macAddress === '' ? {} : { macAddress: live.macAddress }),
    }
    const endpoint = await driver.createEndpoint({
      ...which,
      interface: wished,
      exposedPorts: wish.exposedPorts.map(parseExposed),
      portBindings: [...wish.ports],
      options,
    })
    const others = this.#endpointsOf(network.id).filter((other) => other.endpointId !== endpointId)
    checkEndpoint(network.driver, wished, endpoint.interface, others)
    live = {
      ...live,
      address: live.address || (endpoint.interface.address ?? ''),
      addressIpv6: live.addressIpv6 || (endpoint.interface.addressIpv6 ?? ''),
      macAddress: live.macAddress || (endpoint.interface.macAddress ?? ''),
    }
    undo.add(() => driver.leave(which))
    const join = await driver.join({
      ...which,
      sandboxKey,
      interfaceName: wish.link,
      options,
    })
    // What a driver configured itself is only known now.
    if (join.configured !== undefined) checkEndpoint(network.driver, wished, join.configured, others)
    live = this.#attach(wish, live, join, settings)
    if (wish.ports.length === 0) return live
    undo.add(() => driver.revokeExternal(which))
    return { ...live, ports: await this.#program(network, endpointId, wish.ports) }
  }

  /** Containers on a network whose driver publishes no ports start all the same, as with dockerd. */
  async #program(network: NetworkRecord, endpointId: string, ports: readonly PortBinding[]): Promise<PortBinding[]> {
    if ((await this.#facts.of(network.driver)).ports === false) {
      this.#log.warn('ports are not published: the network driver does not do that', { network: network.name })
      return []
    }
    const options = { 'com.docker.network.portmap': ports }
    const driver = this.#drivers.get(network.driver)
    return (await driver.programExternal({ networkId: network.id, endpointId, options })).ports
  }

  #attach(wish: EndpointWish, live: LiveEndpoint, join: JoinResult, settings: readonly LinkSetting[]): LiveEndpoint {
    const link = join.link === undefined ? '' : nameOf(join.link, wish.link)
    this.#links.attach({
      sandboxKey: wish.sandboxKey,
      join,
      name: link,
      address: live.address,
      addressIpv6: live.addressIpv6,
      macAddress: live.macAddress,
      linkLocal: wish.spec.linkLocalAddresses ?? [],
      settings,
      leads: wish.leads,
    })
    const { configured = {} } = join
    return {
      ...live,
      link,
      address: live.address || (configured.address ?? ''),
      addressIpv6: live.addressIpv6 || (configured.addressIpv6 ?? ''),
      macAddress: live.macAddress || (configured.macAddress ?? ''),
      gateway: join.gateway ?? configured.gateway ?? '',
      gatewayIpv6: join.gatewayIpv6 ?? configured.gatewayIpv6 ?? '',
      nameServers: join.nameServers ?? [],
    }
  }
}

function addressesOf(live: LiveEndpoint) {
  return [
    ...(live.poolId === undefined || live.address === '' ? [] : [{ poolId: live.poolId, address: live.address }]),
    ...(live.poolIdIpv6 === undefined || live.addressIpv6 === ''
      ? []
      : [{ poolId: live.poolIdIpv6, address: live.addressIpv6 }]),
  ]
}

/** The name of a link inside: that which its driver gave, or that of the wish with the driver's prefix. */
function nameOf({ name, prefix, placed = false }: NonNullable<JoinResult['link']>, wished: string): string {
  return name ?? (placed || prefix === '' ? wished : wished.replace(/^eth/, prefix))
}

function parseExposed(port: string): { protocol: 'tcp' | 'udp' | 'sctp'; port: number } {
  const [number = '', protocol = 'tcp'] = port.split('/')
  return { protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp', port: Number(number) }
}
