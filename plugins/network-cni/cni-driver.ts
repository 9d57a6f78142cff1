import { existsSync } from 'node:fs'
import { join } from 'node:path'
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
import { attachedAs } from './cni-result.ts'
import { chooseHostPorts, toMappings } from './map-ports.ts'
import { findNetworkList, type NetworkList } from './network-list.ts'
import { PluginChain, takes, type Attachment } from './plugin-chain.ts'
import { readNetworkName, refuseEndpointOptions } from './read-options.ts'
import { RecordFolder } from './record-folder.ts'

export interface CniDriverOptions {
  /** Where the configurations of networks are. */
  readonly folder: string
  /** Folders with plugins. */
  readonly programs: readonly string[]
  /** Folder for records. */
  readonly data: string
  readonly log: Logger
}

interface EndpointId {
  readonly networkId: string
  readonly endpointId: string
}

interface NetworkRecord {
  readonly networkId: string
  readonly name: string
  /** As it was when the network was made: plugins are told the same at the end as at the beginning. */
  readonly list: NetworkList
}

interface EndpointRecord extends EndpointId {
  readonly macAddress?: string
  readonly ports: readonly PortBinding[]
  readonly attachment?: Attachment
}

/**
 * Networks that real CNI plugins make. The plugins do all of it in the sandbox, links, addresses and routes; what they
 * answered is kept, so that another process can have it checked and undone.
 */
export class CniDriver {
  readonly api: Implementation<typeof networkDriver>
  readonly #folder: string
  readonly #chain: PluginChain
  readonly #log: Logger
  readonly #networks: RecordFolder<NetworkRecord>
  readonly #endpoints: RecordFolder<EndpointRecord>

  constructor({ folder, programs, data, log }: CniDriverOptions) {
    this.#folder = folder
    this.#log = log
    this.#chain = new PluginChain(programs, log)
    this.#networks = new RecordFolder<NetworkRecord>(join(data, 'networks'), ({ networkId }) => networkId, log)
    this.#endpoints = new RecordFolder<EndpointRecord>(join(data, 'endpoints'), keyOf, log)
    this.api = implement(networkDriver, {
      capabilities: async () => ({
        scope: 'local',
        connectivityScope: 'global',
        addresses: false,
        gatewayCheck: false,
        names: false,
        sandbox: 'own',
        single: false,
      }),
      allocateNetwork: async () => refuse('global networks'),
      freeNetwork: async () => refuse('global networks'),
      checkGateway: async () => refuse('gateway checks'),
      discover: async () => refuse('node discovery'),
      publishNames: async ({ networkId }) => {
        this.#network(networkId)
        return refuse('names')
      },
      createNetwork: (request) => this.#createNetwork(request),
      deleteNetwork: async ({ networkId }) => this.#deleteNetwork(networkId),
      createEndpoint: async (request) => this.#createEndpoint(request),
      endpointInfo: async (request) => ({ value: { result: this.#endpoint(request).attachment?.result ?? null } }),
      join: (request) => this.#join(request),
      programExternal: async (request) => ({ ports: this.#mappedPorts(request) }),
      // Mappings are made and undone together with the link.
      revokeExternal: async () => ({}),
      leave: async (request) => {
        await this.#leave(request)
        return {}
      },
      deleteEndpoint: async (request) => {
        await this.#leave(request)
        this.#endpoints.delete(keyOf(request))
        return {}
      },
    })
  }

  /** Ends the driver. Without workloads nothing of it stays on the host. */
  async stop(reason: 'leave-containers' | 'stop-containers'): Promise<void> {
    if (reason === 'leave-containers') return
    for (const endpoint of this.#endpoints.values()) await this.api.deleteEndpoint(endpoint)
    for (const { networkId } of this.#networks.values()) this.#networks.delete(networkId)
  }

  async #createNetwork(request: RequestOf<typeof networkDriver, 'createNetwork'>): Promise<Record<string, never>> {
    const { networkId, name } = request
    const wanted = readNetworkName(name, request.options)
    const known = this.#networks.get(networkId)
    if (known !== undefined) {
      await this.#checkAll(known)
      return {}
    }
    if (request.internal) {
      throw codedError('NETWORK_OPTION_INVALID', `Network ${name}: the driver cni makes no internal networks`, {
        hint: 'What leaves a network of CNI is the business of its plugins.',
      })
    }
    const list = findNetworkList(this.#folder, wanted)
    await this.#chain.prove(list)
    this.#networks.put(networkId, { networkId, name, list })
    return {}
  }

  #deleteNetwork(networkId: string): Record<string, never> {
    const network = this.#networks.get(networkId)
    if (network === undefined) return {}
    const count = this.#endpointsOn(networkId).length
    if (count > 0) {
      throw codedError(
        'NETWORK_HAS_ENDPOINTS',
        `Network ${network.name} still has ${count} endpoint${count > 1 ? 's' : ''}`,
        { hint: 'Disconnect or remove its containers first.' },
      )
    }
    this.#networks.delete(networkId)
    return {}
  }

  #createEndpoint(request: RequestOf<typeof networkDriver, 'createEndpoint'>) {
    const { networkId, endpointId, portBindings } = request
    const network = this.#network(networkId)
    if (this.#endpoints.get(keyOf(request)) !== undefined) {
      throw codedError('ENDPOINT_EXISTS', `Endpoint ${endpointId} exists already on network ${network.name}`)
    }
    refuseEndpointOptions(endpointId, request.options)
    const { macAddress = '' } = request.interface
    if (macAddress !== '' && !takes(network.list, 'mac')) {
      throw codedError(
        'NETWORK_OPTION_INVALID',
        `No plugin of the CNI network ${network.list.name} takes a MAC address`,
        {
          hint: 'Give one of them the capability mac, as the plugin tuning has it.',
        },
      )
    }
    this.#endpoints.put(keyOf(request), {
      networkId,
      endpointId,
      ports: takes(network.list, 'portMappings') ? chooseHostPorts(portBindings) : [],
      ...(macAddress === '' ? {} : { macAddress }),
    })
    return { interface: {} }
  }

  async #join(request: RequestOf<typeof networkDriver, 'join'>): Promise<JoinResult> {
    const { list } = this.#network(request.networkId)
    const endpoint = this.#endpoint(request)
    const ifName = request.interfaceName ?? 'eth0'
    const attachment: Attachment = {
      containerId: request.endpointId,
      netns: request.sandboxKey,
      ifName,
      runtimeConfig: {
        ...(endpoint.ports.length === 0 ? {} : { portMappings: toMappings(endpoint.ports) }),
        ...(endpoint.macAddress === undefined ? {} : { mac: endpoint.macAddress }),
      },
    }
    // First, so that what a process that dies leaves behind is undone by the next one.
    this.#endpoints.put(keyOf(request), { ...endpoint, attachment })
    try {
      const result = await this.#chain.add(list, attachment)
      this.#endpoints.put(keyOf(request), { ...endpoint, attachment: { ...attachment, result } })
      const nameServers = result.dns?.nameservers ?? []
      return {
        link: { source: ifName, prefix: 'eth', name: ifName, placed: true },
        configured: attachedAs(result, ifName),
        ...(nameServers.length === 0 ? {} : { nameServers: [...nameServers] }),
      }
    } catch (error) {
      await this.#leave(request)
      throw error
    }
  }

  #mappedPorts(request: RequestOf<typeof networkDriver, 'programExternal'>): PortBinding[] {
    const { name, list } = this.#network(request.networkId)
    const { ports } = this.#endpoint(request)
    const wanted = request.options['com.docker.network.portmap']
    const count = Array.isArray(wanted) ? wanted.length : ports.length
    if (count === ports.length) return [...ports]
    throw codedError(
      'NOT_SUPPORTED',
      takes(list, 'portMappings')
        ? `Ports of a container that is on network ${name} already cannot be published`
        : `No plugin of the CNI network ${list.name} publishes ports`,
      { hint: 'Add the plugin portmap with the capability portMappings, and start the container on the network.' },
    )
  }

  /** Takes the container off, in a sandbox that is gone as well: plugins have more to undo than what is in there. */
  async #leave(which: EndpointId): Promise<void> {
    const endpoint = this.#endpoints.get(keyOf(which))
    const network = this.#networks.get(which.networkId)
    if (endpoint?.attachment === undefined || network === undefined) return
    const { netns } = endpoint.attachment
    await this.#chain.remove(network.list, { ...endpoint.attachment, netns: existsSync(netns) ? netns : '' })
    const { attachment: _gone, ...rest } = endpoint
    if (this.#endpoints.get(keyOf(which)) !== undefined) this.#endpoints.put(keyOf(which), rest)
  }

  /** What is no longer as its plugins made it is told: only the start of the container makes it anew. */
  async #checkAll({ networkId, list, name }: NetworkRecord): Promise<void> {
    for (const { attachment, endpointId } of this.#endpointsOn(networkId)) {
      if (attachment === undefined) continue
      try {
        await this.#chain.check(list, attachment)
      } catch (error) {
        this.#log.warn('a container is no longer on a network as it was', { name, endpointId, error: String(error) })
      }
    }
  }

  #endpointsOn(networkId: string): EndpointRecord[] {
    return this.#endpoints.values().filter((endpoint) => endpoint.networkId === networkId)
  }

  #network(networkId: string): NetworkRecord {
    const record = this.#networks.get(networkId)
    if (record !== undefined) return record
    throw codedError('NETWORK_NOT_FOUND', `There is no network ${networkId} at the driver cni`)
  }

  #endpoint(which: EndpointId): EndpointRecord {
    const network = this.#network(which.networkId)
    const record = this.#endpoints.get(keyOf(which))
    if (record !== undefined) return record
    throw codedError('ENDPOINT_NOT_FOUND', `There is no endpoint ${which.endpointId} on network ${network.name}`)
  }
}

function keyOf({ networkId, endpointId }: EndpointId): string {
  return `${networkId}/${endpointId}`
}

function refuse(what: string): never {
  throw codedError('NOT_SUPPORTED', `The network driver cni does not do ${what}`)
}
