import {
  type DriverSet,
  type engineContainers,
  type engineExec,
  type engineNetworks,
  type Implementation,
  type Instance,
  logDriver,
  type Logger,
  networkDriver,
  networkIpam,
  runtime,
  type StopReason,
  type storageLayers,
} from '@moby/contracts'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './clock/clock.ts'
import { KeyedLock } from './concurrency/keyed-lock.ts'
import type { ContainerContext, EngineConfig } from './containers/container-context.ts'
import { createContainerService } from './containers/container-service.ts'
import type { ContainerRecord } from './containers/container-record.ts'
import { ContainerStore } from './containers/container-store.ts'
import { IpamJournal } from './drivers/ipam-journal.ts'
import { remindDriver } from './drivers/remind-driver.ts'
import { ReturningDrivers } from './drivers/returning-drivers.ts'
import { launch } from './containers/launch.ts'
import { LiveContainers, type LiveContainer } from './containers/live-containers.ts'
import type { ImageSource, OpenOutput, VolumeSource } from './containers/ports.ts'
import type { EventBus } from './events/event-bus.ts'
import { ExecService } from './exec/exec-service.ts'
import type { EngineMetrics } from './metrics/engine-metrics.ts'
import { measured } from './metrics/measured.ts'
import { ContainerNames } from './networks/container-names.ts'
import { ContainerNetworking } from './networks/container-networking.ts'
import { DriverFacts } from './networks/driver-facts.ts'
import { liveEndpointsOf } from './networks/endpoint-records.ts'
import { EndpointService } from './networks/endpoint-service.ts'
import { NamePublisher } from './networks/name-publisher.ts'
import type { NetworkContext } from './networks/network-context.ts'
import type { NetworkRecord } from './networks/network-record.ts'
import { createNetworkService } from './networks/network-service.ts'
import { NetworkStore } from './networks/network-store.ts'
import { finishNetworks, restoreDriver, restoreNetworks } from './networks/restore-networks.ts'
import { SandboxLinks } from './networks/sandbox-links.ts'
import { SandboxNames } from './networks/sandbox-names.ts'
import { SandboxPool } from './networks/sandbox-pool.ts'
import { ForgottenLogs, type ForgottenLog } from './output/forgotten-logs.ts'
import { reconcileContainers } from './reconcile/reconcile-containers.ts'
import { stopAll } from './reconcile/stop-all.ts'
import { sweep } from './reconcile/sweep.ts'
import { removeCgroupParent } from './reconcile/sweep-cgroups.ts'
import { watchMemory } from './reconcile/watch-memory.ts'
import { hostCapabilities } from '@moby/lib-oci-runtime'
import { readCgroupSupport } from './spec/cgroup-support.ts'
import type { Table } from './store/table.ts'

export interface EngineParts {
  readonly instance: Instance
  readonly config: EngineConfig
  readonly folders: { readonly data: string; readonly run: string }
  readonly log: Logger
  readonly clock: Clock
  readonly events: EventBus
  readonly metrics: EngineMetrics
  readonly containers: { readonly table: Table<ContainerRecord>; readonly store: ContainerStore }
  readonly networks: Table<NetworkRecord>
  readonly forgottenLogs: Table<ForgottenLog>
  readonly images: ImageSource
  readonly volumes: VolumeSource
  readonly openOutput: OpenOutput
  readonly volumePath: (name: string) => Promise<string>
  readonly drivers: {
    readonly storage: DriverSet<typeof storageLayers>
    readonly network: DriverSet<typeof networkDriver>
    readonly ipam: DriverSet<typeof networkIpam>
    readonly log: DriverSet<typeof logDriver>
    readonly runtime: DriverSet<typeof runtime>
  }
}

/** Containers, execs and networks: everything of the engine that has a life of its own on the host. */
export interface Engine {
  readonly containers: Implementation<typeof engineContainers>
  readonly exec: Implementation<typeof engineExec>
  readonly networks: Implementation<typeof engineNetworks>
  /** To be called when a driver of that contract and name is reachable again after its process had ended. */
  driverReturned(contract: string, driver: string): void
  /** Tells a driver that is about to take over what the last life of it knew. */
  remind(contract: string, driver: string, implementation: unknown): Promise<void>
  /** Takes up what was left; answers once networks stand, and goes on with the containers in the background. */
  start(): Promise<void>
  stop(reason: StopReason): Promise<void>
}

/** Joins the parts. Nothing on the host is touched before `start`. */
export function assembleEngine(parts: EngineParts): Engine {
  const { drivers, log } = parts
  const [closing, stopping] = [new AbortController(), new AbortController()]
  for (const folder of Object.values(parts.folders)) mkdirSync(folder, { recursive: true, mode: 0o711 })
  const { store } = parts.containers
  const networks = new NetworkStore(parts.networks)
  const journal = new IpamJournal(drivers.ipam)
  const ipam = new ReturningDrivers({
    contract: networkIpam,
    inner: journal,
    replay: async (name) => await journal.replay(name, drivers.ipam.get(name)),
    log,
  })
  const network = new ReturningDrivers({
    contract: networkDriver,
    inner: drivers.network,
    replay: async (name, driver) => await restoreDriver(networkContext, name, driver),
    log,
  })
  const facts = new DriverFacts(network)
  const links = new SandboxLinks()
  const locks = new KeyedLock()
  const forgottenLogs = new ForgottenLogs({
    table: parts.forgottenLogs,
    drivers: drivers.log,
    log,
    closing: closing.signal,
  })
  const sandboxes = new SandboxPool({ folder: join(parts.folders.run, 'netns'), log })
  const servers = () => parts.config.dns
  const sandboxNames = new SandboxNames({ folder: join(parts.folders.run, 'names'), log })
  const names = new NamePublisher({
    drivers: network,
    facts,
    networks,
    containers: store,
    sandboxes: sandboxNames,
    log,
    servers,
  })
  const ownNetworking = new ContainerNetworking({
    containers: store,
    networks,
    endpoints: new EndpointService({
      drivers: network,
      ipam,
      facts,
      links,
      networks,
      endpointsOf: (networkId) => liveEndpointsOf(store.all(), networkId),
      log,
    }),
    facts,
    names: new ContainerNames({
      containers: store,
      networks,
      facts,
      publisher: names,
      servers: sandboxNames,
      sandboxes,
      upstream: servers,
      folders: parts.folders,
      log,
    }),
    events: parts.events,
    sandboxes,
    log,
  })
  const networking = measured(ownNetworking, { bringUp: 'allocate', takeDown: 'release' }, parts.metrics.networks)
  const context: ContainerContext = {
    ...parts,
    closing: closing.signal,
    stopping: stopping.signal,
    store,
    lives: new LiveContainers(),
    locks,
    signals: new KeyedLock(),
    launch: (id) => launch(context, id),
    networks,
    networking,
    storage: drivers.storage,
    logs: drivers.log,
    forgottenLogs,
    runtimes: drivers.runtime,
    host: { capabilities: hostCapabilities(), cgroups: readCgroupSupport() },
  }
  const networkContext: NetworkContext = {
    store: networks,
    containers: store,
    networking,
    drivers: network,
    ipam,
    facts,
    links,
    locks: new KeyedLock(),
    containerLocks: locks,
    events: parts.events,
    clock: parts.clock,
    log,
    ipamDriver: parts.config.ipamDriver,
    bridge: parts.config.bridge,
  }
  const watched = new Set<string>()
  const watchRuntime = (name: string): void => {
    if (watched.has(name)) return
    watched.add(name)
    void watchMemory(context, name).finally(() => watched.delete(name))
  }
  let reconciled: Promise<void> = Promise.resolve()
  return {
    containers: createContainerService(context),
    exec: new ExecService(context).api,
    networks: createNetworkService(networkContext),
    driverReturned: (contract, driver) => {
      if (contract === logDriver.id) void forgottenLogs.attempt(driver)
      if (contract === networkIpam.id) ipam.returned(driver)
      if (contract !== networkDriver.id) return
      network.returned(driver)
      for (const { id, driver: own } of networks.list()) if (own === driver) void names.publish(id)
    },
    remind: async (contract, driver, implementation) => {
      if (contract === runtime.id) watchRuntime(driver)
      await remindDriver({ containers: context, networks: networkContext, journal }, contract, driver, implementation)
    },
    start: async () => {
      sandboxNames.resume()
      await restoreNetworks(networkContext)
      const unreadable = new Set(parts.containers.table.quarantined().map(({ key }) => key.split('/').at(-1) ?? ''))
      reconciled = reconcileContainers(context)
        .then(() => finishNetworks(networkContext))
        .then(() => sweep(context, unreadable))
        .then(() => networking.names.resume((id, work) => locks.run(id, work)))
        .then(() => forgottenLogs.attempt())
        .catch((error: unknown) => log.error('the state of the host was not reconciled', { error: String(error) }))
      for (const { name } of drivers.runtime.list('object')) watchRuntime(name)
      sandboxes.warm()
    },
    stop: async (reason) => {
      closing.abort()
      if (reason === 'stop-containers') {
        await reconciled
        await stopAll(context)
        removeCgroupParent(`moby-${parts.instance.id}`)
      }
      stopping.abort()
      forgottenLogs.close()
      await leave(context)
      await sandboxNames.close(reason === 'stop-containers')
      sandboxes.close()
      links.close()
    },
  }
}

/** Lets go of everything in memory; containers that run do not notice. */
async function leave(context: ContainerContext): Promise<void> {
  // All at once: a log driver that hangs costs its patience once, not for each container.
  await Promise.all([...context.lives.all()].map(([, live]) => leaveOne(live)))
}

async function leaveOne(live: LiveContainer): Promise<void> {
  live.cancelRestart()
  live.health?.stop()
  if (live.run?.isEnding === true) await live.run.ended
  const output = await live.output?.catch(() => undefined)
  // Without a run nobody will ever write to it.
  await (live.run === undefined && !live.isFlushing ? output?.remove() : output?.close())
  for (const exec of live.execs.values()) await exec.output?.close()
}
