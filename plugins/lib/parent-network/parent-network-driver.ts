import { existsSync } from 'node:fs'
import {
  codedError,
  implement,
  networkDriver,
  type Implementation,
  type JoinResult,
  type Logger,
  type RequestOf,
} from '@moby/contracts'
import { errnoOf, RouteSocket } from '@moby/lib-linux'
import { childModes, ipvlanFlags, readParentOptions, type ChildKind } from './parent-options.ts'
import { lonelyName, raiseParent } from './parent-link.ts'
import { readEndpoint } from './read-endpoint.ts'
import { endpointKey, ParentRecords, type EndpointRecord, type NetworkRecord } from './parent-records.ts'

export interface ParentNetworkOptions {
  readonly kind: ChildKind
  readonly instanceId: string
  /** Folder for records. */
  readonly data: string
  readonly log: Logger
  /** The namespace that plays the host; absent: that of this process. */
  readonly hostNamespace?: string
}

interface EndpointId {
  readonly networkId: string
  readonly endpointId: string
}

/**
 * Networks whose containers have links of their own on a link of the host, and with it a place in the network that the
 * host is in. There are no rules and no published ports: containers are reached at their addresses.
 */
export class ParentNetworkDriver {
  readonly api: Implementation<typeof networkDriver>
  readonly #kind: ChildKind
  readonly #instanceId: string
  readonly #route: RouteSocket
  readonly #records: ParentRecords

  constructor({ kind, instanceId, data, log, hostNamespace }: ParentNetworkOptions) {
    this.#kind = kind
    this.#instanceId = instanceId
    this.#records = new ParentRecords(data, log)
    this.#route = RouteSocket.open(hostNamespace)
    this.#forgetGone()
    this.api = implement(networkDriver, {
      capabilities: async () => ({
        scope: 'local',
        connectivityScope: 'global',
        addresses: true,
        gatewayCheck: false,
        ports: false,
        names: false,
        sandbox: 'own',
        single: false,
      }),
      allocateNetwork: async () => this.#refuse('global networks'),
      freeNetwork: async () => this.#refuse('global networks'),
      checkGateway: async () => this.#refuse('gateway checks'),
      discover: async () => this.#refuse('node discovery'),
      programExternal: async (request) => {
        this.#endpoint(request)
        return this.#refuse('published ports: containers are reached at their own addresses')
      },
      revokeExternal: async () => ({}),
      publishNames: async ({ networkId }) => {
        this.#network(networkId)
        return this.#refuse('names')
      },
      createNetwork: async (request) => this.#createNetwork(request),
      deleteNetwork: async ({ networkId }) => this.#deleteNetwork(networkId),
      createEndpoint: async (request) => this.#createEndpoint(request),
      endpointInfo: async (request) => {
        const { macAddress } = this.#endpoint(request)
        return { value: macAddress === undefined ? {} : { 'com.docker.network.endpoint.macaddress': macAddress } }
      },
      join: async (request) => this.#join(request),
      leave: async (request) => {
        await this.#leave(request)
        return {}
      },
      deleteEndpoint: async (request) => {
        await this.#leave(request)
        this.#records.deleteEndpoint(request)
        return {}
      },
    })
  }

  /** Ends the driver. Without workloads nothing of it stays on the host. */
  async stop(reason: 'leave-containers' | 'stop-containers'): Promise<void> {
    if (reason === 'stop-containers') {
      for (const endpoint of this.#records.endpoints.values()) await this.api.deleteEndpoint(endpoint)
      for (const { networkId } of this.#records.networks.values()) await this.#deleteNetwork(networkId)
    }
    this.#route.close()
  }

  #createNetwork(request: RequestOf<typeof networkDriver, 'createNetwork'>): Record<string, never> {
    const options = readParentOptions(this.#kind, request.name, request.options)
    if (!this.#route.hasKind(this.#kind)) {
      throw codedError('HOST_LACKS', `The kernel of this host has no ${this.#kind} links`, {
        hint: `Load the module ${this.#kind}, or use the driver bridge.`,
      })
    }
    const lonely = options.parent === undefined
    const parent = options.parent ?? lonelyName(this.#instanceId, request.networkId)
    this.#refuseShared(request, parent, options.mode)
    const known = this.#records.networks.get(request.networkId)
    const { made } = raiseParent(this.#route, parent, lonely)
    const shared = [...this.#records.networks.values()].some((other) => other.parent === parent && other.ownsParent)
    const gatewayOf = (pools: typeof request.ipv4) => pools[0]?.gateway?.split('/')[0]
    const gateway = request.enableIpv4 ? gatewayOf(request.ipv4) : undefined
    const gatewayIpv6 = request.enableIpv6 ? gatewayOf(request.ipv6) : undefined
    this.#records.putNetwork({
      networkId: request.networkId,
      name: request.name,
      options,
      parent,
      ownsParent: made || shared || known?.ownsParent === true,
      internal: request.internal || lonely,
      ...(gateway === undefined ? {} : { gateway }),
      ...(gatewayIpv6 === undefined ? {} : { gatewayIpv6 }),
    })
    return {}
  }

  /** A parent that lets its only child through can have no other. */
  #refuseShared({ networkId, name }: { networkId: string; name: string }, parent: string, mode: string): void {
    for (const other of this.#records.networks.values()) {
      if (other.networkId === networkId || other.parent !== parent) continue
      if (mode !== 'passthru' && other.options.mode !== 'passthru') continue
      throw codedError('NETWORK_OPTION_INVALID', `Network ${name}: network ${other.name} has the parent ${parent}`, {
        hint: 'A network in mode passthru has its parent for itself.',
      })
    }
  }

  async #deleteNetwork(networkId: string): Promise<Record<string, never>> {
    const network = this.#records.networks.get(networkId)
    if (network === undefined) return {}
    const count = this.#endpointsOn(networkId).length
    if (count > 0) {
      throw codedError(
        'NETWORK_HAS_ENDPOINTS',
        `Network ${network.name} still has ${count} endpoint${count > 1 ? 's' : ''}`,
        { hint: 'Disconnect or remove its containers first.' },
      )
    }
    this.#records.deleteNetwork(networkId)
    const isShared = [...this.#records.networks.values()].some(({ parent }) => parent === network.parent)
    const link = network.ownsParent && !isShared ? this.#route.linkByName(network.parent) : undefined
    if (link !== undefined) await this.#route.removeLinkInBackground(link.index)
    return {}
  }

  #createEndpoint(request: RequestOf<typeof networkDriver, 'createEndpoint'>) {
    const network = this.#network(request.networkId)
    if (this.#records.endpoints.has(endpointKey(request))) {
      throw codedError('ENDPOINT_EXISTS', `Endpoint ${request.endpointId} exists already on network ${network.name}`)
    }
    if (network.options.mode === 'passthru' && this.#endpointsOn(network.networkId).length > 0) {
      throw codedError('NETWORK_OPTION_INVALID', `Network ${network.name} in mode passthru has its one endpoint`, {
        hint: 'Disconnect its container first, or use mode bridge.',
      })
    }
    const record = readEndpoint(this.#kind, request, this.#endpointsOn(request.networkId))
    this.#records.putEndpoint(record)
    const isGiven = (request.interface.macAddress ?? '') !== ''
    return {
      interface: isGiven || record.macAddress === undefined ? {} : { macAddress: record.macAddress },
    }
  }

  #join(request: RequestOf<typeof networkDriver, 'join'>): JoinResult {
    const network = this.#network(request.networkId)
    const endpoint = this.#endpoint(request)
    const { options } = network
    const { index: parent } = raiseParent(this.#route, network.parent, options.parent === undefined)
    // In a container of its own the driver sees no sandbox, and the engine moves the link.
    const isSeen = existsSync(request.sandboxKey) && request.interfaceName !== undefined
    const name = endpoint.linkName ?? request.interfaceName
    const source = isSeen && name !== undefined ? name : `c${lonelyName(this.#instanceId, request.endpointId).slice(2)}`
    const sandboxKey = isSeen ? request.sandboxKey : ''
    this.#records.putEndpoint({ ...endpoint, place: { sandboxKey, link: source } })
    try {
      this.#route.createLink(source, {
        parent,
        ...(this.#kind === 'macvlan'
          ? { kind: 'macvlan', mode: numberOf(childModes.macvlan, options.mode) }
          : {
              kind: 'ipvlan',
              mode: numberOf(childModes.ipvlan, options.mode),
              flag: ipvlanFlags[options.flag ?? 'bridge'] ?? 0,
            }),
        ...(endpoint.macAddress === undefined ? {} : { mac: endpoint.macAddress }),
        ...(options.mtu === undefined ? {} : { mtu: options.mtu }),
        ...(isSeen ? { namespacePath: request.sandboxKey } : {}),
      })
    } catch (error) {
      throw this.#explain(error, network)
    }
    return {
      link: {
        source,
        prefix: 'eth',
        ...(name === undefined ? {} : { name }),
        ...(isSeen ? { placed: true } : {}),
      },
      ...wayOut(network),
    }
  }

  /** The link goes with the sandbox; where that lives on, it is taken out of it. */
  async #leave(which: EndpointId): Promise<void> {
    const endpoint = this.#records.endpoints.get(endpointKey(which))
    if (endpoint?.place === undefined) return
    const { sandboxKey, link } = endpoint.place
    if (sandboxKey === '') await removeFrom(this.#route, link)
    else if (existsSync(sandboxKey)) await removeInside(sandboxKey, link)
    const { place: _gone, ...rest } = endpoint
    if (this.#records.endpoints.has(endpointKey(which))) this.#records.putEndpoint(rest)
  }

  /** Endpoints of sandboxes that are no more, as after a boot of the host. */
  #forgetGone(): void {
    for (const endpoint of this.#records.endpoints.values()) {
      const sandboxKey = endpoint.place?.sandboxKey ?? ''
      if (sandboxKey !== '' && !existsSync(sandboxKey)) this.#records.deleteEndpoint(endpoint)
    }
  }

  #endpointsOn(networkId: string): EndpointRecord[] {
    return [...this.#records.endpoints.values()].filter((endpoint) => endpoint.networkId === networkId)
  }

  #network(networkId: string): NetworkRecord {
    const record = this.#records.networks.get(networkId)
    if (record !== undefined) return record
    throw codedError('NETWORK_NOT_FOUND', `There is no network ${networkId} at the driver ${this.#kind}`)
  }

  #endpoint(which: EndpointId): EndpointRecord {
    const network = this.#network(which.networkId)
    const record = this.#records.endpoints.get(endpointKey(which))
    if (record !== undefined) return record
    throw codedError('ENDPOINT_NOT_FOUND', `There is no endpoint ${which.endpointId} on network ${network.name}`)
  }

  #explain(error: unknown, { name, parent }: NetworkRecord): unknown {
    const reasons: Readonly<Record<string, string>> = {
      EBUSY: `the link ${parent} is a port of a bridge, or has children of another kind`,
      EINVAL: `the link ${parent} cannot be a parent, or its children have another mode`,
      EOPNOTSUPP: `the kernel of this host has no ${this.#kind} links`,
    }
    const reason = reasons[errnoOf(error) ?? '']
    if (reason === undefined) return error
    return codedError('HOST_LACKS', `A link of network ${name} could not be made: ${reason}`, {
      hint: 'Choose another parent.',
      cause: error,
    })
  }

  #refuse(what: string): never {
    throw codedError('NOT_SUPPORTED', `The network driver ${this.#kind} does not do ${what}`)
  }
}

/** In the modes that route, ARP is not answered, and everything leaves by the link itself. */
function wayOut({ options: { mode }, internal, gateway, gatewayIpv6 }: NetworkRecord): Partial<JoinResult> {
  if (internal) return {}
  if (mode === 'l3' || mode === 'l3s') {
    return {
      routes: [
        ...(gateway === undefined ? [] : [{ destination: '0.0.0.0/0', kind: 'connected' as const }]),
        ...(gatewayIpv6 === undefined ? [] : [{ destination: '::/0', kind: 'connected' as const }]),
      ],
    }
  }
  return { ...(gateway === undefined ? {} : { gateway }), ...(gatewayIpv6 === undefined ? {} : { gatewayIpv6 }) }
}

function numberOf(known: Readonly<Record<string, number>>, name: string): number {
  return known[name] ?? 0
}

async function removeInside(sandboxKey: string, link: string): Promise<void> {
  const inside = RouteSocket.open(sandboxKey)
  try {
    await removeFrom(inside, link)
  } finally {
    inside.close()
  }
}

async function removeFrom(route: RouteSocket, link: string): Promise<void> {
  const found = route.linkByName(link)
  if (found !== undefined) await route.removeLinkInBackground(found.index)
}
