import { codedError, type Logger, type RequestOf, type networkDriver } from '@moby/contracts'
import { enableForwarding, findBridge, raiseBridge } from './bridge-link.ts'
import type { ForeignForward } from './firewall/foreign-forward.ts'
import type { RuleBook } from './firewall/rule-book.ts'
import type { NetworkRule } from './firewall/rules.ts'
import type { Host } from './host.ts'
import { bridgeName } from './link-names.ts'
import { readNetworkOptions, type NetworkOptions } from './network-options.ts'
import type { NetworkRecord, Records } from './records.ts'
import { subnetsOverlap } from './subnet.ts'

type CreateRequest = RequestOf<typeof networkDriver, 'createNetwork'>

interface Parts {
  readonly host: Host
  readonly records: Records
  readonly rules: RuleBook
  readonly foreign: ForeignForward
  readonly instanceId: string
  readonly log: Logger
  readonly degraded: (reason: string | undefined) => void
}

/** The networks of the driver: their records, bridges and rules. */
export class NetworkBook {
  readonly #parts: Parts
  readonly #networks: Map<string, NetworkRecord>

  constructor(parts: Parts) {
    this.#parts = parts
    this.#networks = new Map(parts.records.networks().map((record) => [record.networkId, record]))
  }

  values(): NetworkRecord[] {
    return [...this.#networks.values()]
  }

  find(networkId: string): NetworkRecord | undefined {
    return this.#networks.get(networkId)
  }

  /** Fails with NETWORK_NOT_FOUND. */
  get(networkId: string): NetworkRecord {
    const record = this.#networks.get(networkId)
    if (record !== undefined) return record
    throw codedError('NETWORK_NOT_FOUND', `There is no network ${networkId} at the driver bridge`)
  }

  /** Makes a network as a whole or not at all; of one that is there, puts back what is missing. */
  async create(request: CreateRequest): Promise<NetworkRecord> {
    const { records, host } = this.#parts
    const existing = this.#networks.get(request.networkId)
    const record = this.#plan(request, existing)
    records.putNetwork(record)
    this.#networks.set(record.networkId, record)
    try {
      raiseBridge(host, record)
      this.#noteForwarding(record)
      await this.#parts.rules.apply({ addNetworks: [ruleOf(record)] })
      await this.letThrough()
      return record
    } catch (error) {
      if (existing === undefined) await this.#undo(record)
      throw error
    }
  }

  replace(record: NetworkRecord): void {
    this.#parts.records.putNetwork(record)
    this.#networks.set(record.networkId, record)
  }

  async remove(record: NetworkRecord): Promise<void> {
    const { rules, foreign, records, host } = this.#parts
    this.#networks.delete(record.networkId)
    if (this.#networks.size === 0) {
      await rules.remove()
      await foreign.remove()
    } else {
      await rules.apply({ removeNetworks: [ruleOf(record)], removePorts: record.nameRedirects ?? [] })
      await this.letThrough()
    }
    const link = record.ownsBridge ? host.route.linkByName(record.bridge) : undefined
    if (link !== undefined) await host.route.removeLinkInBackground(link.index)
    records.deleteNetwork(record.networkId)
  }

  #plan(request: CreateRequest, existing: NetworkRecord | undefined): NetworkRecord {
    const options = readNetworkOptions(request.name, request.options)
    refuseIsolated(request, options)
    const ipv4 = request.enableIpv4 ? request.ipv4 : []
    const ipv6 = request.enableIpv6 ? request.ipv6 : []
    this.#refuseOverlap(
      request,
      [...ipv4, ...ipv6].map((pool) => pool.pool),
    )
    const bridge = existing?.bridge ?? options.bridge ?? this.#freeName(request.networkId, options.isDefault)
    const other = this.values().find((network) => network.bridge === bridge && network.networkId !== request.networkId)
    if (other !== undefined) {
      throw codedError(
        'NETWORK_OPTION_INVALID',
        `Network ${request.name}: the bridge ${bridge} belongs to network ${other.name}`,
        {
          hint: 'Choose another com.docker.network.bridge.name.',
        },
      )
    }
    const found = findBridge(this.#parts.host, bridge)
    return {
      networkId: request.networkId,
      name: request.name,
      bridge,
      ownsBridge: existing?.ownsBridge ?? (found === undefined || options.bridge === undefined),
      internal: request.internal,
      options,
      ipv4,
      ipv6,
      ...(existing?.nameRedirects === undefined ? {} : { nameRedirects: existing.nameRedirects }),
    }
  }

  #refuseOverlap(request: CreateRequest, pools: readonly string[]): void {
    for (const other of this.values()) {
      if (other.networkId === request.networkId) continue
      const theirs = [...other.ipv4, ...other.ipv6].map((pool) => pool.pool)
      const clash = pools.find((pool) => theirs.some((their) => subnetsOverlap(pool, their)))
      if (clash === undefined) continue
      throw codedError('POOL_OVERLAPS', `Network ${request.name}: ${clash} overlaps network ${other.name}`, {
        hint: 'Choose another subnet.',
      })
    }
  }

  #freeName(networkId: string, isDefault: boolean): string {
    const taken = new Set(this.values().map((network) => network.bridge))
    for (let attempt = 0; ; attempt++) {
      const name = bridgeName(this.#parts.instanceId, networkId, isDefault && attempt === 0, attempt)
      if (!taken.has(name)) return name
    }
  }

  #noteForwarding(record: NetworkRecord): void {
    const changed = enableForwarding(this.#parts.host, record)
    if (changed.length === 0) return
    this.#parts.log.info('forwarding was switched on', { settings: changed, network: record.name })
  }

  /** Lets packets of the bridges through chains of others. */
  async letThrough(): Promise<void> {
    if (this.#parts.rules.kind === 'none') return
    const obstacle = await this.#parts.foreign.allow(this.values().map((network) => network.bridge))
    this.#parts.degraded(obstacle)
  }

  async #undo(record: NetworkRecord): Promise<void> {
    await this.remove(record).catch((error: unknown) => {
      this.#parts.log.warn('a network that failed was not removed', { network: record.name, error: String(error) })
    })
  }
}

export function ruleOf(record: NetworkRecord): NetworkRule {
  const { icc, masquerade, gatewayModeIpv4, gatewayModeIpv6, sourceIpv4, sourceIpv6, trusted = [] } = record.options
  return {
    bridge: record.bridge,
    internal: record.internal,
    icc,
    masquerade,
    modes: { ip: gatewayModeIpv4 ?? 'nat', ip6: gatewayModeIpv6 ?? 'nat' },
    sources: {
      ...(sourceIpv4 === undefined ? {} : { ip: sourceIpv4 }),
      ...(sourceIpv6 === undefined ? {} : { ip6: sourceIpv6 }),
    },
    trusted,
    subnets: [...record.ipv4, ...record.ipv6].map((pool) => pool.pool),
  }
}

function refuseIsolated(request: CreateRequest, { gatewayModeIpv4, gatewayModeIpv6 }: NetworkOptions): void {
  if (request.internal || (gatewayModeIpv4 !== 'isolated' && gatewayModeIpv6 !== 'isolated')) return
  throw codedError('NETWORK_OPTION_INVALID', "gateway mode 'isolated' can only be used for an internal network", {
    hint: 'Make the network internal as well.',
  })
}
