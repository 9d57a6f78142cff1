import type { Logger } from '@moby/contracts'
import { ContainerPaths } from '../containers/container-paths.ts'
import type { ContainerRecord, EndpointRecord } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import { readHostResolvConf, writeResolver } from './container-files.ts'
import { sharedNetworkOf } from './default-network.ts'
import type { DriverFacts } from './driver-facts.ts'
import type { NamePublisher } from './name-publisher.ts'
import type { NetworkStore } from './network-store.ts'
import { resolverAddress, type SandboxNames } from './sandbox-names.ts'
import type { SandboxPool } from './sandbox-pool.ts'
import { wishForNames } from './wish-for-names.ts'

interface Parts {
  readonly containers: ContainerStore
  readonly networks: NetworkStore
  readonly facts: DriverFacts
  readonly publisher: NamePublisher
  readonly servers: SandboxNames
  readonly sandboxes: SandboxPool
  /** Servers of the configuration that names of others are asked of. */
  readonly upstream: () => readonly string[]
  readonly folders: { readonly data: string; readonly run: string }
  readonly log: Logger
}

/** The names of containers: those that each of them has for others, and the name server that it finds in its sandbox. */
export class ContainerNames {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Those of a container on some of its networks, or on all, after its endpoints have been persisted. */
  async publish(id: string, networkIds = this.#networksOf(id)): Promise<void> {
    const { publisher } = this.#parts
    await Promise.all([this.#serve(id), ...networkIds.map((networkId) => publisher.publish(networkId))])
  }

  /** Takes up the names that an earlier engine left: what it did not come to is done, what belongs to nobody ends. */
  async resume(lock: <T>(id: string, work: () => Promise<T>) => Promise<T>): Promise<void> {
    const { containers, networks, publisher, servers } = this.#parts
    const records = containers.all().filter(({ sandboxId }) => sandboxId !== '')
    await servers.sweep(
      records.map(({ sandboxId }) => sandboxId),
      networks.list().map(({ id }) => id),
    )
    await publisher.publishAll()
    await Promise.all(records.map(({ id }) => lock(id, () => this.#resumeOne(id))))
  }

  /** Has the process run that is about to be needed, because it takes a moment to start. */
  expect(): void {
    this.#parts.servers.expect()
  }

  /** Address of the name server in the sandbox of a container; undefined on the predefined networks, as with dockerd. */
  resolver(record: ContainerRecord): string | undefined {
    const isNamed = record.sandboxId !== '' && record.endpoints.some((endpoint) => this.#isNamed(endpoint))
    return isNamed && this.#parts.servers.serves(record.sandboxId) ? resolverAddress : undefined
  }

  /** Name servers that the networks of a container bring; the predefined bridge answers no names. */
  nameServers(record: ContainerRecord): string[] {
    return record.endpoints.flatMap((endpoint) =>
      this.#isNamed(endpoint) ? [...(endpoint.live?.nameServers ?? [])] : [],
    )
  }

  /** Has a container that runs ask the name server that it has now. */
  writeResolver(id: string): void {
    const record = this.#parts.containers.current(id)
    writeResolver({
      record,
      paths: new ContainerPaths(this.#parts.folders, id),
      hostNetwork: false,
      networkServers: this.nameServers(record),
      resolver: this.resolver(record),
    })
  }

  /** Ends the name server of a sandbox, before the sandbox ends: a namespace with sockets stays. */
  async leave(sandboxId: string): Promise<void> {
    try {
      await this.#parts.servers.leave(sandboxId)
    } catch (error) {
      this.#parts.log.warn('the name server of a sandbox was not ended', { sandbox: sandboxId, error: String(error) })
    }
  }

  async #serve(id: string): Promise<void> {
    const { containers, networks, facts, publisher, servers, sandboxes, upstream } = this.#parts
    const record = containers.get(id)
    if (record === undefined || record.sandboxId === '' || sharedNetworkOf(record.spec) !== undefined) return
    const hadOne = this.resolver(record) !== undefined
    const key = sandboxes.keyOf(record.sandboxId)
    const wish = await wishForNames(record, { networks, facts, servers: upstream(), key })
    if (wish.networks.length === 0 && !servers.knows(record.sandboxId)) return
    if (await servers.serve(wish)) return
    // The servers of its networks are asked then, and have to know the names.
    if (hadOne) this.writeResolver(id)
    await Promise.all(wish.networks.map((networkId) => publisher.publish(networkId)))
  }

  /** A container that an earlier version of the engine started asks the servers of its networks still. */
  async #resumeOne(id: string): Promise<void> {
    await this.#serve(id)
    const record = this.#parts.containers.get(id)
    if (record === undefined || sharedNetworkOf(record.spec) !== undefined) return
    const asked = readHostResolvConf(new ContainerPaths(this.#parts.folders, id).resolvConf).nameservers
    const isEarlier = this.nameServers(record).some((server) => asked.includes(server))
    if (isEarlier && this.resolver(record) !== undefined) this.writeResolver(id)
  }

  #networksOf(id: string): string[] {
    return (this.#parts.containers.get(id)?.endpoints ?? []).map(({ networkId }) => networkId)
  }

  #isNamed({ networkId, live }: EndpointRecord): boolean {
    return live !== undefined && this.#parts.networks.get(networkId)?.predefined === false
  }
}
