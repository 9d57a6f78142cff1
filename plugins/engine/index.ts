import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import {
  defineComponent,
  engineContainers,
  engineDistribution,
  engineExec,
  engineImages,
  engineNetworks,
  enginePlugins,
  engineSystem,
  engineVolumes,
  imageSource,
  logDriver,
  networkDriver,
  networkIpam,
  runtime,
  stateStore,
  storageLayers,
  storageVolume,
} from '@moby/contracts'
import { Clock } from './clock/clock.ts'
import { initBinaryOrNone } from './containers/find-init.ts'
import { createDistributionService } from './distribution/distribution-service.ts'
import type { EngineConfig } from './containers/container-context.ts'
import type { ContainerRecord } from './containers/container-record.ts'
import { ContainerStore } from './containers/container-store.ts'
import { driversAway } from './drivers/drivers-away.ts'
import { driverHolders } from './drivers/driver-holders.ts'
import { followAssembly } from './drivers/follow-assembly.ts'
import { followPlugins } from './drivers/follow-plugins.ts'
import { assembleEngine } from './engine.ts'
import { reconfigureEngine } from './reconfigure-engine.ts'
import { EventBus } from './events/event-bus.ts'
import { EngineMetrics } from './metrics/engine-metrics.ts'
import { measured } from './metrics/measured.ts'
import { Flusher } from './images/flusher.ts'
import type { ImageRecord } from './images/image-record.ts'
import type { LeaseRecord } from './images/lease-store.ts'
import { ImageService } from './images/image-service.ts'
import type { NetworkRecord } from './networks/network-record.ts'
import { ContainerOutput } from './output/container-output.ts'
import type { ForgottenLog } from './output/forgotten-logs.ts'
import { readCgroupSupport } from './spec/cgroup-support.ts'
import { Table } from './store/table.ts'
import { SystemService } from './system/system-service.ts'
import type { VolumeRecord } from './volumes/volume-record.ts'
import { VolumeService } from './volumes/volume-service.ts'

export default defineComponent<EngineConfig>({
  async create(context) {
    const { folders, instance, log } = context
    // A copy of its own: what is asked for at each use may change while the engine runs.
    const config = { ...context.config }
    const store = context.one(stateStore)
    const drivers = {
      storage: context.many(storageLayers),
      volumes: context.many(storageVolume),
      network: context.many(networkDriver),
      ipam: context.many(networkIpam),
      log: context.many(logDriver),
      sources: context.many(imageSource),
      runtime: context.many(runtime),
    }
    const plugins = context.maybe(enginePlugins)
    const clock = new Clock()
    const events = new EventBus({ clock })
    const metrics = new EngineMetrics()
    const [containerTable, networkTable, imageTable, leaseTable, volumeTable, forgottenLogs] = await Promise.all([
      Table.load<ContainerRecord>(store, 'containers'),
      Table.load<NetworkRecord>(store, 'networks'),
      Table.load<ImageRecord>(store, 'images'),
      Table.load<LeaseRecord>(store, 'leases'),
      Table.load<VolumeRecord>(store, 'volumes'),
      Table.load<ForgottenLog>(store, 'forgotten-logs'),
    ])
    for (const table of [containerTable, networkTable, imageTable, leaseTable, volumeTable, forgottenLogs]) {
      for (const { key, reason } of table.quarantined()) log.error('a record cannot be read', { key, reason })
    }
    const containers = new ContainerStore(containerTable)
    const shared = { events, clock, usage: containers, log }
    const images = await ImageService.open({
      ...shared,
      table: imageTable,
      leases: leaseTable,
      store,
      storage: drivers.storage,
      defaultStorage: config.storage,
      sources: drivers.sources,
      defaultSource: config.imageSource,
      limits: {
        downloads: config.maxConcurrentDownloads,
        uploads: config.maxConcurrentUploads,
        unpacks: Math.max(2, availableParallelism()),
      },
      partialContentHours: config.partialContentHours,
      flusher: new Flusher(folders.data),
      folder: join(folders.data, 'images'),
    })
    const volumes = new VolumeService({
      ...shared,
      table: volumeTable,
      drivers: drivers.volumes,
      driversAway: () => driversAway(context.assembly, storageVolume.id),
      defaultDriver: config.volumeDriver,
      isDisabledPlugin: async (name) =>
        (await plugins?.inspect({ ref: name }).catch(() => undefined))?.enabled === false,
    })
    const engine = assembleEngine({
      instance,
      config,
      folders,
      log,
      clock,
      events,
      metrics,
      containers: { table: containerTable, store: containers },
      networks: networkTable,
      forgottenLogs,
      images,
      volumes,
      volumePath: async (name) => (await volumes.api.inspect({ name })).mountpoint,
      openOutput: ({ log: target, ...request }) =>
        ContainerOutput.open({
          ...request,
          clock,
          logger: log,
          ...(target === undefined
            ? {}
            : { log: { driver: drivers.log.get(target.driver), logId: target.logId, info: target.info } }),
        }),
      drivers,
    })
    const system = new SystemService({
      instance,
      component: context.component,
      assembly: context.assembly,
      defaults: {
        storage: config.storage ?? drivers.storage.list()[0]?.name ?? '',
        get log() {
          return config.logDriver
        },
        get runtime() {
          return config.runtime
        },
      },
      told: () => ({ labels: config.labels, debug: config.debug }),
      drivers: {
        storage: drivers.storage,
        volumes: drivers.volumes,
        networks: drivers.network,
        logs: drivers.log,
        runtimes: drivers.runtime,
      },
      usage: containers,
      images: () => imageTable.size,
      initBinary: initBinaryOrNone,
      cdiSpecDirs: () => config.cdiSpecDirs,
      cgroups: readCgroupSupport(),
      events,
      clock,
      metrics,
      log,
    })
    const unfollow = followAssembly(context.assembly, events, engine.driverReturned)
    const unfollowPlugins = followPlugins(plugins, events, log)
    return {
      provides: {
        [engineContainers.id]: measured(
          engine.containers,
          { create: 'create', start: 'start', remove: 'delete', changes: 'changes', commit: 'commit' },
          metrics.containers,
        ),
        [engineDistribution.id]: createDistributionService(images.source),
        [engineExec.id]: engine.exec,
        [engineImages.id]: measured(images.api, { remove: 'delete', pull: 'pull', push: 'push' }, metrics.images),
        [engineNetworks.id]: measured(engine.networks, { connect: 'connect' }, metrics.networks),
        [engineVolumes.id]: volumes.api,
        [engineSystem.id]: measured(system.api, { info: 'system_info', version: 'system_version' }, metrics.host),
      },
      remind: engine.remind,
      holds: (contract, driver) =>
        driverHolders(
          {
            containers: () => containers.all(),
            volumes: () => volumeTable.values(),
            networks: () => networkTable.values(),
            images: () => imageTable.values(),
          },
          contract,
          driver,
        ),
      reconfigure: async (next) => {
        const take = reconfigureEngine(config, next as unknown as EngineConfig)
        return () => {
          take()
          images.resize({ downloads: config.maxConcurrentDownloads, uploads: config.maxConcurrentUploads })
        }
      },
      start: async () => {
        await volumes.reconcile()
        await engine.start()
        const inUse = containers.all().flatMap(({ image, mounts }) => [image, ...mounts.map((mount) => mount.image)])
        await images.sweep(inUse.flatMap((image) => image?.chainId ?? []))
        images.start()
      },
      stop: async (reason) => {
        unfollow()
        unfollowPlugins()
        events.close()
        await images.close()
        await engine.stop(reason)
      },
    }
  },
})
