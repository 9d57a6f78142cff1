import { existsSync } from 'node:fs'
import {
  codedError,
  implement,
  networkDriver,
  type Implementation,
  type JoinResult,
  type Logger,
  type PortBinding,
  type RequestOf,
} from '@moby/contracts'
import { RouteSocket } from '@moby/lib-linux'
import { gatewaysOf, findBridge, hostAddressesOf, raiseBridge } from './bridge-link.ts'
import { EndpointBook } from './endpoint-book.ts'
import { bindingsOf, EndpointPorts, rulesOf } from './endpoint-ports.ts'
import { chooseFirewall, type FirewallChoice } from './firewall/choose-firewall.ts'
import { FirewallGuard } from './firewall/firewall-guard.ts'
import { ForeignForward } from './firewall/foreign-forward.ts'
import { RuleBook } from './firewall/rule-book.ts'
import { Host } from './host.ts'
import { vethNames } from './link-names.ts'
import { NameService } from './names/name-service.ts'
import { NetworkBook, ruleOf } from './network-book.ts'
import { isIsolated } from './network-options.ts'
import { Records, type EndpointRecord, type NetworkRecord } from './records.ts'

export interface BridgeDriverOptions {
  readonly instanceId: string
  /** Folder for records. */
  readonly data: string
  /** Folder for what the name server needs. */
  readonly run: string
  readonly firewall: FirewallChoice
  readonly log: Logger
  readonly degraded: (reason: string | undefined) => void
  /** The namespace that plays the host; absent: that of this process. */
  readonly hostNamespace?: string
}

const portsOption = 'com.docker.network.portmap'

/**
 * Networks on a bridge of the host. All state is in small files and in the kernel: a process that takes over
 * finds links, rules and names at work and holds the published ports again.
 */
export class BridgeDriver {
  readonly api: Implementation<typeof networkDriver>
  readonly #host: Host
  readonly #instanceId: string
  readonly #log: Logger
  readonly #networks: NetworkBook
  readonly #endpoints: EndpointBook
  readonly #rules: RuleBook
  readonly #ports: EndpointPorts
  readonly #names: NameService
  readonly #guard: FirewallGuard
  readonly #removals = new Set<Promise<void>>()
  #stopped = false

  private constructor(parts: {
    options: BridgeDriverOptions
    host: Host
    rules: RuleBook
    networks: NetworkBook
    endpoints: EndpointBook
  }) {
    this.#host = parts.host
    this.#instanceId = parts.options.instanceId
    this.#log = parts.options.log
    this.#networks = parts.networks
    this.#endpoints = parts.endpoints
    this.#rules = parts.rules
    this.#names = new NameService({ folder: parts.options.run, host: parts.host, log: parts.options.log })
    this.#ports = new EndpointPorts({ ...parts, names: this.#names, log: parts.options.log })
    const { instanceId, log } = parts.options
    this.#guard = new FirewallGuard({ ...parts, instanceId, log, foreign: () => parts.networks.letThrough() })
    this.api = implement(networkDriver, {
      capabilities: async () => ({
        scope: 'local',
        connectivityScope: 'local',
        addresses: true,
        gatewayCheck: true,
        names: true,
        sandbox: 'own',
        single: false,
      }),
      allocateNetwork: async () => refuse('global networks'),
      freeNetwork: async () => refuse('global networks'),
      checkGateway: async ({ options }) => ({ skipIpv4: isIsolated(options, 4), skipIpv6: isIsolated(options, 6) }),
      discover: async () => refuse('node discovery'),
      createNetwork: async (request) => {
        await this.#networks.create(request)
        return {}
      },
      deleteNetwork: (request) => this.#deleteNetwork(request),
      createEndpoint: (request) => this.#createEndpoint(request),
      endpointInfo: async (request) => ({ value: this.#describe(this.#require(request)) }),
      join: async (request) => this.#join(request),
      programExternal: (request) => this.#programExternal(request),
      revokeExternal: (request) => this.#revokeExternal(request),
      leave: async (request) => this.#leave(request),
      deleteEndpoint: (request) => this.#deleteEndpoint(request),
      publishNames: (request) => this.#publishNames(request),
    })
  }

  /** Takes up what an earlier process left. */
  static async open(options: BridgeDriverOptions): Promise<BridgeDriver> {
    const { instanceId, log, degraded } = options
    const host = new Host(options.hostNamespace)
    try {
      const records = new Records(options.data, log)
      const rules = new RuleBook(await chooseFirewall(options.firewall, host, instanceId), log)
      const foreign = new ForeignForward(host, instanceId)
      const networks = new NetworkBook({ host, records, rules, foreign, instanceId, log, degraded })
      const endpoints = new EndpointBook(records)
      await endpoints.load(host, instanceId, log)
      const driver = new BridgeDriver({ options, host, rules, networks, endpoints })
      await driver.#adopt()
      return driver
    } catch (error) {
      host.close()
      throw error
    }
  }

  /** Ends the driver. Without workloads nothing of it stays on the host. */
  async stop(reason: 'leave-containers' | 'stop-containers'): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#guard.close()
    if (reason === 'stop-containers') {
      for (const endpoint of this.#endpoints.values()) await this.#deleteEndpoint(endpoint)
      for (const network of this.#networks.values()) await this.#deleteNetwork(network)
    }
    await this.#names.close(reason === 'stop-containers')
    await Promise.all(this.#removals)
    this.#ports.releaseAll()
    this.#host.close()
  }

  async #adopt(): Promise<void> {
    const endpoints = this.#endpoints.values()
    this.#rules.adopt(this.#networks.values().map(ruleOf), [
      ...endpoints.flatMap((endpoint) => rulesOf(endpoint.published)),
      ...this.#networks.values().flatMap((network) => network.nameRedirects ?? []),
    ])
    await this.#ports.adopt(endpoints)
    this.#names.resume()
  }

  async #deleteNetwork({ networkId }: { networkId: string }): Promise<Record<string, never>> {
    const record = this.#networks.find(networkId)
    if (record === undefined) return {}
    const count = this.#endpoints.countOn(networkId)
    if (count > 0) {
      throw codedError(
        'NETWORK_HAS_ENDPOINTS',
        `Network ${record.name} still has ${count} endpoint${count > 1 ? 's' : ''}`,
        {
          hint: 'Disconnect or remove its containers first.',
        },
      )
    }
    await this.#names.forget(networkId)
    await this.#networks.remove(record)
    return {}
  }

  async #createEndpoint(request: RequestOf<typeof networkDriver, 'createEndpoint'>) {
    const record = this.#endpoints.create(this.#networks.get(request.networkId), request)
    const given = request.interface.macAddress
    return { interface: given === undefined || given === '' ? { macAddress: record.macAddress } : {} }
  }

  #join(request: RequestOf<typeof networkDriver, 'join'>): JoinResult {
    const network = this.#networks.get(request.networkId)
    const endpoint = this.#endpoints.get(request)
    const { mtu, icc, linkPrefix, isDefault } = network.options
    const master = findBridge(this.#host, network.bridge)?.index ?? raiseBridge(this.#host, network)
    const { port, inner } = vethNames(this.#instanceId, request.networkId, request.endpointId)
    const leftover = this.#host.route.linkByName(port)
    if (leftover !== undefined) this.#host.route.removeLink(leftover.index)
    // In a container of its own the driver sees no sandbox, and the engine moves the link.
    const isSeen = existsSync(request.sandboxKey)
    const name = endpoint.linkName ?? (isSeen ? this.#placeIn(request, linkPrefix) : undefined)
    const place = isSeen ? name : undefined
    const size = mtu === undefined ? {} : { mtu }
    const index = this.#host.route.createVeth(port, place ?? inner, {
      master,
      up: true,
      ...size,
      peer: {
        mac: endpoint.macAddress,
        ...size,
        ...(place === undefined ? {} : { namespacePath: request.sandboxKey }),
      },
    })
    // Where bridged packets pass the firewall too, published ports of siblings are bridged: the firewall, not the
    // bridge, keeps containers apart then, and a container reaches itself through a hairpin.
    const filtered = this.#rules.kind !== 'none' && this.#host.setting('bridge/bridge-nf-call-iptables') === '1'
    if (filtered || !icc) this.#host.route.setPort(index, { hairpin: filtered, isolated: !icc && !filtered })
    const { v4, v6 } = gatewaysOf(network)
    const here = hostAddressesOf(network)
    return {
      link: {
        source: place ?? inner,
        prefix: linkPrefix,
        ...(name === undefined ? {} : { name }),
        ...(place === undefined ? {} : { placed: true }),
      },
      ...(network.internal || v4 === undefined ? {} : { gateway: v4 }),
      ...(network.internal || v6 === undefined ? {} : { gatewayIpv6: v6 }),
      ...(isDefault ? {} : { nameServers: [here.v4, here.v6].filter((address) => address !== undefined) }),
    }
  }

  /**
   * The name that the link is given right in the sandbox, the engine's or the next with the network's own prefix;
   * undefined when the engine wants to move the link itself.
   */
  #placeIn(request: RequestOf<typeof networkDriver, 'join'>, prefix: string): string | undefined {
    if (prefix === 'eth' || request.interfaceName === undefined) return request.interfaceName
    const inside = RouteSocket.open(request.sandboxKey)
    try {
      for (let number = 0; ; number++) {
        if (inside.linkByName(`${prefix}${number}`) === undefined) return `${prefix}${number}`
      }
    } finally {
      inside.close()
    }
  }

  async #programExternal(request: RequestOf<typeof networkDriver, 'programExternal'>) {
    const network = this.#networks.get(request.networkId)
    const endpoint = this.#endpoints.get(request)
    const later = request.options[portsOption]
    const bindings = Array.isArray(later) ? (later as PortBinding[]) : endpoint.bindings
    if (endpoint.published.length > 0) {
      if (JSON.stringify(bindings) === JSON.stringify(endpoint.bindings)) return { ports: bindingsOf(endpoint) }
      await this.#ports.revoke(endpoint)
    }
    if (network.internal || bindings.length === 0) return { ports: [] }
    return { ports: await this.#ports.publish(network, endpoint, bindings) }
  }

  async #revokeExternal(request: { networkId: string; endpointId: string }): Promise<Record<string, never>> {
    const endpoint = this.#endpoints.find(request)
    if (endpoint !== undefined) await this.#ports.revoke(endpoint)
    return {}
  }

  /** Removing a link takes the kernel some 20 ms, which nobody has to wait for but the end of the network. */
  #leave(request: { networkId: string; endpointId: string }): Record<string, never> {
    const { port } = vethNames(this.#instanceId, request.networkId, request.endpointId)
    const link = this.#host.route.linkByName(port)
    if (link === undefined) return {}
    const removal = this.#host.route.removeLinkInBackground(link.index).catch((error: unknown) => {
      this.#log.warn('a link was not removed', { link: port, error: String(error) })
    })
    this.#removals.add(removal)
    void removal.finally(() => this.#removals.delete(removal))
    return {}
  }

  async #deleteEndpoint(request: { networkId: string; endpointId: string }): Promise<Record<string, never>> {
    if (this.#endpoints.find(request) === undefined) return {}
    await this.#revokeExternal(request)
    this.#leave(request)
    this.#endpoints.delete(request)
    return {}
  }

  /** The predefined network has no names, as in Docker: there is nothing to do for it. */
  async #publishNames(request: RequestOf<typeof networkDriver, 'publishNames'>): Promise<Record<string, never>> {
    const network = this.#networks.get(request.networkId)
    if (network.options.isDefault) return {}
    const redirects = await this.#names.publish(network, request.names, request.upstream)
    await this.#redirectNames(network, redirects)
    return {}
  }

  async #redirectNames(network: NetworkRecord, redirects: NonNullable<NetworkRecord['nameRedirects']>): Promise<void> {
    const before = network.nameRedirects ?? []
    if (JSON.stringify(before) === JSON.stringify(redirects)) return
    await this.#rules.apply({ removePorts: before })
    await this.#rules.apply({ addPorts: redirects })
    this.#networks.replace({ ...network, nameRedirects: redirects })
  }

  #require(request: { networkId: string; endpointId: string }): EndpointRecord {
    this.#networks.get(request.networkId)
    return this.#endpoints.get(request)
  }

  /** Under Docker's keys, as its own driver tells them. */
  #describe(endpoint: EndpointRecord): Record<string, unknown> {
    return {
      'com.docker.network.endpoint.macaddress': endpoint.macAddress,
      'com.docker.network.endpoint.exposedports': endpoint.exposedPorts,
      [portsOption]: bindingsOf(endpoint),
    }
  }
}

function refuse(what: string): never {
  throw codedError('NOT_SUPPORTED', `The network driver bridge does not do ${what}`)
}
