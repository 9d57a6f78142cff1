import { codedError, type EndpointSpec, type Logger } from '@moby/contracts'
import { ContainerPaths } from '../containers/container-paths.ts'
import type { ContainerRecord, EndpointRecord, LiveEndpoint } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import type { EventBus } from '../events/event-bus.ts'
import { withPrefix } from '../errors/with-prefix.ts'
import { withoutPrefix } from './addresses.ts'
import { checkAddresses } from './check-addresses.ts'
import { refuseConfiguration } from './configuration-networks.ts'
import { sharedNetworkOf, wantedEndpoints } from './default-network.ts'
import { writeResolver } from './container-files.ts'
import type { DriverFacts } from './driver-facts.ts'
import { EndpointRecords, freeLink } from './endpoint-records.ts'
import type { EndpointService } from './endpoint-service.ts'
import { chooseGateway, currentGateway, takesOver } from './gateway.ts'
import type { NamePublisher } from './name-publisher.ts'
import type { NetworkRecord } from './network-record.ts'
import type { NetworkStore } from './network-store.ts'
import { portsToPublish } from './ports-to-publish.ts'
import { resolverAddress, type SandboxNames } from './sandbox-names.ts'
import type { SandboxPool } from './sandbox-pool.ts'
import { wishForNames } from './wish-for-names.ts'

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
  readonly #containers: ContainerStore
  readonly #networks: NetworkStore
  readonly #endpoints: EndpointService
  readonly #records: EndpointRecords
  readonly #facts: DriverFacts
  readonly #names: NamePublisher
  readonly #sandboxNames: SandboxNames
  readonly #servers: () => readonly string[]
  readonly #folders: { readonly data: string; readonly run: string }
  readonly #events: EventBus
  readonly #log: Logger

  constructor(parts: {
    containers: ContainerStore
    networks: NetworkStore
    endpoints: EndpointService
    facts: DriverFacts
    names: NamePublisher
    sandboxNames: SandboxNames
    /** Servers of the configuration that names of others are asked of. */
    servers: () => readonly string[]
    folders: { readonly data: string; readonly run: string }
    events: EventBus
    sandboxes: SandboxPool
    log: Logger
  }) {
    this.#containers = parts.containers
    this.#networks = parts.networks
    this.#endpoints = parts.endpoints
    this.#records = new EndpointRecords(parts.containers, parts.networks)
    this.#facts = parts.facts
    this.#names = parts.names
    this.#sandboxNames = parts.sandboxNames
    this.#servers = parts.servers
    this.#folders = parts.folders
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
    const gateway = chooseGateway(this.#containers.current(id).endpoints, this.#networks)
    for (const [index, { network }] of wishes.entries()) {
      await this.#connect(id, network, sandbox.key, `eth${index}`, network.id === gateway?.networkId)
    }
    return { kind: 'own', sandboxKey: sandbox.key }
  }

  /** Names of the container on its networks, and those of others in it, after its endpoints have been persisted. */
  async publishNames(id: string): Promise<void> {
    const record = this.#containers.get(id)
    await Promise.all([
      this.#serveNames(id),
      ...(record?.endpoints ?? []).map(({ networkId }) => this.#names.publish(networkId)),
    ])
  }

  /** Takes up the names that an earlier engine left: what it did not come to is done, what belongs to nobody ends. */
  async resumeNames(lock: <T>(id: string, work: () => Promise<T>) => Promise<T>): Promise<void> {
    const records = this.#containers.all()
    await this.#sandboxNames.sweep(
      records.map(({ sandboxId }) => sandboxId).filter((sandboxId) => sandboxId !== ''),
      this.#networks.list().map(({ id }) => id),
    )
    await this.#names.publishAll()
    await Promise.all(
      records.filter(({ sandboxId }) => sandboxId !== '').map(({ id }) => lock(id, () => this.#serveNames(id))),
    )
  }

  /** Address of the name server in the sandbox of a container; undefined on the predefined networks, as with dockerd. */
  resolver(record: ContainerRecord): string | undefined {
    const isNamed = record.sandboxId !== '' && record.endpoints.some((endpoint) => this.#isNamed(endpoint))
    return isNamed && this.#sandboxNames.serves(record.sandboxId) ? resolverAddress : undefined
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
    if (record.sandboxId !== '' && sharedNetworkOf(record.spec) === undefined) await this.#release(record.sandboxId)
    const networks = record.endpoints.filter(({ live }) => live !== undefined).map(({ networkId }) => networkId)
    await this.#records.end(id)
    await Promise.all(networks.map((networkId) => this.#names.publish(networkId)))
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
    const before = currentGateway(record, this.#networks)
    const isGateway = takesOver({ networkId: network.id, spec }, before, this.#networks)
    try {
      if (isGateway && before !== undefined) await this.#demote(id, before)
      await this.#connect(id, network, this.sandboxes.keyOf(record.sandboxId), freeLink(record.endpoints), isGateway)
    } catch (error) {
      await this.#records.drop(id, network.id)
      if (isGateway && before !== undefined) await this.#promoteNext(id)
      throw error
    }
    await Promise.all([this.#serveNames(id), this.#names.publish(network.id)])
    if (this.resolver(record) === undefined) this.#writeResolver(id)
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
    const wasGateway = currentGateway(record, this.#networks)?.networkId === network.id
    await this.#records.drop(id, network.id)
    if (endpoint.live === undefined) return
    this.#tell('disconnect', network, id)
    await Promise.all([this.#serveNames(id), this.#names.publish(network.id)])
    if (wasGateway) await this.#promoteNext(id)
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
    if (left.sandboxId !== '' && portsToPublish(left).length > 0 && !isPublished) await this.#promoteNext(id)
  }

  /** Address that `host-gateway` stands for: the host's own on the predefined bridge. */
  hostGateway(): string {
    const gateway = this.#networks.byName('bridge')?.pools.find((pool) => pool.version === 4)?.data.gateway
    return gateway === undefined ? '127.0.0.1' : withoutPrefix(gateway)
  }

  /** Name servers that the networks of a container bring; the predefined bridge answers no names. */
  nameServers(record: ContainerRecord): string[] {
    return record.endpoints.flatMap(({ networkId, live }) =>
      this.#networks.get(networkId)?.predefined === false ? [...(live?.nameServers ?? [])] : [],
    )
  }

  async #serveNames(id: string): Promise<void> {
    const record = this.#containers.get(id)
    if (record === undefined || this.#isShared(record)) return
    const hadOne = this.resolver(record) !== undefined
    const wish = await wishForNames(record, {
      networks: this.#networks,
      facts: this.#facts,
      servers: this.#servers(),
      key: this.sandboxes.keyOf(record.sandboxId),
    })
    if (wish.networks.length === 0 && !this.#sandboxNames.knows(record.sandboxId)) return
    // A container that was told of it asks the servers of its networks then.
    if (!(await this.#sandboxNames.serve(wish)) && hadOne) this.#writeResolver(id)
  }

  /** Its sockets go first: a namespace with sockets stays. */
  async #release(sandboxId: string): Promise<void> {
    try {
      await this.#sandboxNames.leave(sandboxId)
    } catch (error) {
      this.#log.warn('the name server of a sandbox was not ended', { sandbox: sandboxId, error: String(error) })
    }
    this.sandboxes.release(sandboxId)
  }

  #writeResolver(id: string): void {
    const record = this.#containers.current(id)
    writeResolver({
      record,
      paths: new ContainerPaths(this.#folders, id),
      hostNetwork: false,
      networkServers: this.nameServers(record),
      resolver: this.resolver(record),
    })
  }

  #isShared({ sandboxId, spec }: ContainerRecord): boolean {
    return sandboxId === '' || sharedNetworkOf(spec) !== undefined
  }

  /** The predefined networks answer no names. */
  #isNamed({ networkId, live }: EndpointRecord): boolean {
    return live !== undefined && this.#networks.get(networkId)?.predefined === false
  }

  async #connect(id: string, network: NetworkRecord, sandboxKey: string, link: string, isGateway: boolean) {
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
      isGateway,
      exposedPorts: record.process.exposedPorts,
      ports: isGateway ? portsToPublish(record) : [],
      persist,
    })
    await persist(live)
    this.#tell('connect', network, id)
  }

  async #demote(id: string, endpoint: EndpointRecord): Promise<void> {
    const network = this.#networks.get(endpoint.networkId)
    if (endpoint.live === undefined || network === undefined) return
    const sandboxKey = this.sandboxes.keyOf(this.#containers.current(id).sandboxId)
    const live = await this.#endpoints.demote({ network, live: endpoint.live, sandboxKey })
    await this.#records.setLive(id, network.id, live)
  }

  async #promoteNext(id: string): Promise<void> {
    const record = this.#containers.current(id)
    const next = currentGateway(record, this.#networks)
    const network = next === undefined ? undefined : this.#networks.get(next.networkId)
    if (next?.live === undefined || network === undefined) return
    const sandboxKey = this.sandboxes.keyOf(record.sandboxId)
    const live = await this.#endpoints.promote({ network, live: next.live, sandboxKey, ports: portsToPublish(record) })
    await this.#records.setLive(id, network.id, live)
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
