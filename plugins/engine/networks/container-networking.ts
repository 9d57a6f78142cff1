import { codedError, type EndpointSpec, type Logger } from '@moby/contracts'
import type { ContainerRecord, EndpointRecord, LiveEndpoint } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import type { EventBus } from '../events/event-bus.ts'
import { withPrefix } from '../errors/with-prefix.ts'
import { withoutPrefix } from './addresses.ts'
import { checkAddresses } from './check-addresses.ts'
import { refuseConfiguration } from './configuration-networks.ts'
import { sharedNetworkOf, wantedEndpoints } from './default-network.ts'
import type { ContainerNames } from './container-names.ts'
import type { DriverFacts } from './driver-facts.ts'
import { EndpointRecords, freeLink } from './endpoint-records.ts'
import type { EndpointService } from './endpoint-service.ts'
import { LeadOut } from './lead-out.ts'
import type { NetworkRecord } from './network-record.ts'
import type { NetworkStore } from './network-store.ts'
import { portsToPublish } from './ports-to-publish.ts'
import type { SandboxPool } from './sandbox-pool.ts'
import { chooseWaysOut, currentWaysOut, familiesBy, networkOfPorts, type WaysOut } from './ways-out.ts'

/** The network side of one start: which namespace, and which container's files are used. */
export interface NetworkPlan {
  readonly kind: 'own' | 'host' | 'shared'
  /** Path of the namespace; absent for the host's. */
  readonly sandboxKey?: string | undefined
  /** Container whose namespace and files are shared. */
  readonly sharedWith?: ContainerRecord | undefined
}

/** Puts containers on their networks and takes them off, one container at a time under the container's lock. */
export class ContainerNetworking {
  readonly sandboxes: SandboxPool
  readonly names: ContainerNames
  readonly #containers: ContainerStore
  readonly #networks: NetworkStore
  readonly #endpoints: EndpointService
  readonly #records: EndpointRecords
  readonly #facts: DriverFacts
  readonly #leadOut: LeadOut
  readonly #events: EventBus
  readonly #log: Logger

  constructor(parts: {
    containers: ContainerStore
    networks: NetworkStore
    endpoints: EndpointService
    facts: DriverFacts
    names: ContainerNames
    events: EventBus
    sandboxes: SandboxPool
    log: Logger
  }) {
    this.#containers = parts.containers
    this.#networks = parts.networks
    this.#endpoints = parts.endpoints
    this.#records = new EndpointRecords(parts.containers, parts.networks)
    this.#facts = parts.facts
    this.names = parts.names
    this.#leadOut = new LeadOut({ ...parts, records: this.#records })
    this.#events = parts.events
    this.sandboxes = parts.sandboxes
    this.#log = parts.log
  }

  /** The endpoints of a container by what was asked for at its creation; networks need not exist yet. */
  initialEndpoints(spec: ContainerRecord['spec']): EndpointRecord[] {
    return wantedEndpoints(spec).map((endpoint) => {
      const networkId = this.#idOf(endpoint.network)
      const network = this.#networks.get(networkId)
      if (network?.predefined === false) checkInitial(network, endpoint)
      return { networkId, spec: endpoint }
    })
  }

  /**
   * Makes sandbox and endpoints. Each step is persisted before it is done. On failure `takeDown` undoes it.
   * Fails with NETWORK_NOT_KNOWN, CONTAINER_STATE, PORT_IN_USE and what drivers raise.
   */
  async bringUp(id: string): Promise<NetworkPlan> {
    const record = this.#containers.current(id)
    const shared = sharedNetworkOf(record.spec)
    if (shared !== undefined) return this.#share(record, shared)
    const wishes = record.endpoints.map((endpoint) => ({ endpoint, network: this.#settle(endpoint) }))
    for (const { network } of wishes) refuseConfiguration(network)
    const facts = await Promise.all(wishes.map(({ network }) => this.#facts.of(network.driver)))
    if (facts.some((fact) => fact.sandbox === 'host')) {
      await this.#records.begin(id, wishes, '')
      for (const { network } of wishes) this.#tell('connect', network, id)
      return { kind: 'host' }
    }
    const sandbox = this.sandboxes.take()
    await this.#records.begin(id, wishes, sandbox.id)
    const ways = chooseWaysOut(this.#containers.current(id).endpoints, this.#networks)
    for (const [index, { network }] of wishes.entries()) {
      await this.#connect(id, network, sandbox.key, `eth${index}`, ways)
    }
    return { kind: 'own', sandboxKey: sandbox.key }
  }

  /** Takes everything back that a start made; what was never made is no error. */
  async takeDown(id: string): Promise<void> {
    const record = this.#containers.current(id)
    for (const endpoint of record.endpoints.toReversed()) {
      if (endpoint.live === undefined) continue
      await this.#endpoints.disconnect(endpoint.networkId, endpoint.live)
      const network = this.#networks.get(endpoint.networkId)
      if (network !== undefined) this.#tell('disconnect', network, id)
    }
    if (record.sandboxId !== '' && sharedNetworkOf(record.spec) === undefined) {
      await this.names.leave(record.sandboxId)
      this.sandboxes.release(record.sandboxId)
    }
    const networks = record.endpoints.filter(({ live }) => live !== undefined).map(({ networkId }) => networkId)
    await this.#records.end(id)
    await this.names.publish(id, networks)
  }

  /** Connects a container to a further network; a running one gets the link at once. */
  async connect(id: string, network: NetworkRecord, spec: EndpointSpec): Promise<void> {
    const record = this.#containers.current(id)
    if (record.endpoints.some(({ networkId }) => networkId === network.id)) {
      throw codedError('ENDPOINT_EXISTS', `endpoint with name ${record.name} already exists in network ${network.name}`)
    }
    refuseConfiguration(network)
    await this.#refuseForeign(record, network)
    if (!network.predefined) checkAddresses(network, spec)
    const isLive = record.status === 'running' || record.status === 'paused'
    await this.#records.add(id, network.id, spec, isLive)
    if (!isLive) return
    const before = currentWaysOut(record, this.#networks)
    const after = currentWaysOut(this.#containers.current(id), this.#networks)
    try {
      await this.#leadOut.take(id, before, after)
      await this.#connect(id, network, this.sandboxes.keyOf(record.sandboxId), freeLink(record.endpoints), after)
    } catch (error) {
      await this.#records.drop(id, network.id)
      await this.#leadOut.give(id, before)
      throw error
    }
    await this.names.publish(id, [network.id])
    if (this.names.resolver(record) === undefined) this.names.writeResolver(id)
  }

  /** Takes a container off a network. Fails with ENDPOINT_NOT_FOUND when it is not on it. */
  async disconnect(id: string, network: NetworkRecord): Promise<void> {
    const record = this.#containers.current(id)
    const endpoint = record.endpoints.find(({ networkId }) => networkId === network.id)
    if (endpoint === undefined) {
      // Clients read the words; dockerd has an article more of a container that does not run.
      const what = record.status === 'running' || record.status === 'paused' ? 'network' : 'the network'
      throw codedError('ENDPOINT_NOT_FOUND', `container ${record.id} is not connected to ${what} ${network.name}`)
    }
    await this.#refuseForeign(record, network)
    if (endpoint.live !== undefined) {
      await this.#records.setLive(id, network.id, { ...endpoint.live, unfinished: true })
      await this.#endpoints.disconnect(network.id, endpoint.live, this.sandboxes.keyOf(record.sandboxId))
    }
    const wasWayOut = familiesBy(network.id, currentWaysOut(record, this.#networks)).length > 0
    await this.#records.drop(id, network.id)
    if (endpoint.live === undefined) return
    this.#tell('disconnect', network, id)
    await this.names.publish(id, [network.id])
    if (wasWayOut) await this.#giveWaysOut(id)
  }

  /** Clears what an engine that died left of changes to the networks of a container that runs on. */
  async finishChanges(id: string): Promise<void> {
    const { endpoints } = this.#containers.current(id)
    for (const { networkId, live } of endpoints) {
      if (live?.unfinished !== true) continue
      const network = this.#networks.get(networkId)
      if (network === undefined) await this.#records.drop(id, networkId)
      else await this.disconnect(id, network)
    }
    const left = this.#containers.current(id)
    const isPublished = left.endpoints.some(({ live }) => (live?.ports.length ?? 0) > 0)
    if (left.sandboxId !== '' && portsToPublish(left).length > 0 && !isPublished) await this.#giveWaysOut(id)
  }

  /** Address that `host-gateway` stands for: the host's own on the predefined bridge. */
  hostGateway(): string {
    const gateway = this.#networks.byName('bridge')?.pools.find((pool) => pool.version === 4)?.data.gateway
    return gateway === undefined ? '127.0.0.1' : withoutPrefix(gateway)
  }

  async #connect(id: string, network: NetworkRecord, sandboxKey: string, link: string, ways: WaysOut) {
    const record = this.#containers.current(id)
    const endpoint = record.endpoints.find(({ networkId }) => networkId === network.id)
    if (endpoint?.live === undefined) return
    const persist = async (live: LiveEndpoint) => {
      await this.#records.setLive(id, network.id, live)
    }
    const live = await this.#endpoints.connect({
      network,
      spec: endpoint.spec,
      endpointId: endpoint.live.endpointId,
      sandboxKey,
      link,
      leads: familiesBy(network.id, ways),
      exposedPorts: record.process.exposedPorts,
      ports: networkOfPorts(ways) === network.id ? portsToPublish(record) : [],
      persist,
    })
    await persist(live)
    this.#tell('connect', network, id)
  }

  async #giveWaysOut(id: string): Promise<void> {
    await this.#leadOut.give(id, currentWaysOut(this.#containers.current(id), this.#networks))
  }

  async #share(record: ContainerRecord, ref: string): Promise<NetworkPlan> {
    const other = this.#findShared(ref)
    if (other.id === record.id) throw codedError('CONTAINER_SPEC_INVALID', 'cannot join own network')
    if (other.status !== 'running' && other.status !== 'paused') {
      throw codedError(
        'CONTAINER_STATE',
        `cannot join network namespace of a non running container: container ${other.name} is ${other.status}`,
        { hint: `Start ${other.name} first.` },
      )
    }
    await this.#containers.update(record.id, { sandboxId: other.sandboxId }, 'process')
    if (other.sandboxId === '') return { kind: 'shared', sharedWith: other }
    return { kind: 'shared', sharedWith: other, sandboxKey: this.sandboxes.keyOf(other.sandboxId) }
  }

  #findShared(ref: string): ContainerRecord {
    try {
      return this.#containers.find(ref)
    } catch (error) {
      throw withPrefix(error, 'joining network namespace of container')
    }
  }

  async #refuseForeign(record: ContainerRecord, network: NetworkRecord): Promise<void> {
    const isOwn = async ({ driver }: NetworkRecord) => ((await this.#facts.of(driver)).sandbox ?? 'own') === 'own'
    if (sharedNetworkOf(record.spec) !== undefined) {
      throw codedError(
        'CONTAINER_STATE',
        'container sharing network namespace with another container cannot be connected to any other network',
        {
          kind: 'denied',
        },
      )
    }
    const current = record.endpoints.map(({ networkId }) => this.#networks.get(networkId))
    for (const other of [network, ...current]) {
      if (other !== undefined && !(await isOwn(other))) {
        throw codedError(
          'CONTAINER_STATE',
          `container cannot be disconnected from ${other.name} network or connected to ${other.name} network`,
          {
            kind: 'denied',
          },
        )
      }
    }
  }

  /** The network that an endpoint means now: names are looked up anew, since networks come and go. */
  #settle(endpoint: EndpointRecord): NetworkRecord {
    const byId = endpoint.networkId === '' ? undefined : this.#networks.get(endpoint.networkId)
    return byId ?? this.#networks.find(endpoint.spec.network)
  }

  #idOf(ref: string): string {
    try {
      return this.#networks.find(ref).id
    } catch {
      return ''
    }
  }

  #tell(action: 'connect' | 'disconnect', network: NetworkRecord, container: string): void {
    this.#events.publish('network', action, network.id, { container, name: network.name, type: network.driver })
    this.#log.debug(`network ${action}`, { network: network.name, container })
  }
}

/** A mistake that the start would meet is told at the creation, where the network is there by then. */
function checkInitial(network: NetworkRecord, endpoint: EndpointSpec): void {
  try {
    checkAddresses(network, endpoint)
  } catch (error) {
    throw withPrefix(error, `invalid config for network ${endpoint.network}`)
  }
}
