import {
  engineSystem,
  implement,
  type AssemblyFacts,
  type DriverSet,
  type Implementation,
  type Instance,
  type Logger,
  type logDriver,
  type networkDriver,
  type runtime,
  type ResponseOf,
  type storageLayers,
  type storageVolume,
} from '@moby/contracts'
import { readCdiSpecs } from '../cdi/read-cdi-specs.ts'
import type { Clock } from '../clock/clock.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { EngineMetrics } from '../metrics/engine-metrics.ts'
import type { CgroupSupport } from '../spec/cgroup-support.ts'
import type { ContainerUsage } from '../usage.ts'
import { readHostFacts, type HostFacts } from './host-facts.ts'

type Info = ResponseOf<typeof engineSystem, 'info'>
type Version = ResponseOf<typeof engineSystem, 'version'>

export interface SystemParts {
  readonly instance: Instance
  readonly component: { readonly name: string; readonly version: string }
  readonly assembly: AssemblyFacts
  /** Names of the drivers that are taken when none is named. */
  readonly defaults: { readonly storage: string; readonly log: string; readonly runtime: string }
  readonly drivers: {
    readonly storage: DriverSet<typeof storageLayers>
    readonly volumes: DriverSet<typeof storageVolume>
    readonly networks: DriverSet<typeof networkDriver>
    readonly logs: DriverSet<typeof logDriver>
    readonly runtimes: DriverSet<typeof runtime>
  }
  readonly usage: Pick<ContainerUsage, 'counts'>
  /** What the configuration has clients told. */
  readonly told: () => { readonly labels: readonly string[]; readonly debug: boolean }
  /** How many images there are. */
  readonly images: () => number
  /** Path of the program that `--init` puts into containers, empty when the host has none. */
  readonly initBinary: () => string
  /** Folders with specs of devices. */
  readonly cdiSpecDirs: () => readonly string[]
  readonly cgroups: CgroupSupport
  readonly events: EventBus
  readonly clock: Clock
  readonly metrics: EngineMetrics
  readonly log: Logger
  /** Replaces what is read from the host, for tests. */
  readonly host?: () => HostFacts
}

/** `engine.system`: facts about engine and host, read anew at each question, and the events. */
export class SystemService {
  readonly api: Implementation<typeof engineSystem> = implement(engineSystem, {
    info: () => this.#info(),
    version: () => this.#version(),
    events: (request, call) => this.#parts.events.stream(request, call?.signal),
    metrics: async () => ({ families: this.#metrics() }),
    announceReload: async ({ attributes }) => {
      const { events, instance } = this.#parts
      events.publish('daemon', 'reload', instance.id, { name: this.#host().name, ...attributes })
      return {}
    },
  })

  readonly #parts: SystemParts
  readonly #host: () => HostFacts

  constructor(parts: SystemParts) {
    this.#parts = parts
    this.#host = parts.host ?? readHostFacts
  }

  async #info(): Promise<Info> {
    const { instance, defaults, drivers, usage, images, cgroups, events, clock } = this.#parts
    const host = this.#host()
    const { total, running, paused, stopped } = usage.counts()
    const [storage, runtimes] = await Promise.all([this.#storage(), this.#runtimes()])
    const cdiSpecDirs = this.#parts.cdiSpecDirs()
    const cdi = readCdiSpecs(cdiSpecDirs)
    const names = (set: DriverSet<never>) => set.list().map((driver) => driver.name)
    return {
      id: instance.id,
      labels: [...this.#parts.told().labels],
      debug: this.#parts.told().debug,
      name: host.name,
      containers: total,
      running,
      paused,
      stopped,
      images: images(),
      storage,
      logDriver: defaults.log,
      logDrivers: names(drivers.logs),
      volumeDrivers: names(drivers.volumes),
      networkDrivers: names(drivers.networks),
      runtimes,
      defaultRuntime: defaults.runtime,
      initBinary: this.#parts.initBinary(),
      cgroupDriver: 'cgroupfs',
      cgroupVersion: cgroups.version,
      kernelVersion: host.kernelVersion,
      operatingSystem: host.operatingSystem,
      osVersion: host.osVersion,
      architecture: host.machine,
      cpus: host.cpus,
      memoryBytes: host.memoryBytes,
      dataRoot: instance.dataRoot,
      securityOptions: ['name=seccomp,profile=builtin', ...(cgroups.namespaces ? ['name=cgroupns'] : [])],
      cdiSpecDirs: [...cdiSpecDirs],
      devices: [...cdi.devices.keys()].toSorted().map((id) => ({ source: 'cdi', id })),
      warnings: [
        ...warnings(cgroups, host),
        ...this.#troubles(),
        ...cdi.faults.map(({ file, reason }) => `CDI: Error associated with spec file ${file}: ${reason}`),
      ],
      limits: {
        memory: cgroups.memory,
        swap: cgroups.swap,
        cpuCfs: cgroups.cpuQuota,
        cpuShares: cgroups.cpuShares,
        cpuset: cgroups.cpuset,
        pids: cgroups.pids,
        oomKillDisable: cgroups.oomKillDisable,
        ipv4Forwarding: host.ipv4Forwarding,
      },
      systemTime: clock.now(),
      eventListeners: events.listeners,
    }
  }

  #metrics(): ReturnType<EngineMetrics['tell']> {
    const { instance, component, defaults, usage, events, metrics } = this.#parts
    const host = this.#host()
    const { running, paused, stopped } = usage.counts()
    return metrics.tell({
      containers: { running, paused, stopped },
      eventListeners: events.listeners,
      events: events.published,
      cpus: host.cpus,
      memoryBytes: host.memoryBytes,
      engine: {
        version: component.version,
        commit: '',
        architecture: host.machine,
        graphdriver: defaults.storage,
        kernel: host.kernelVersion,
        os: host.operatingSystem,
        os_type: 'linux',
        os_version: host.osVersion,
        daemon_id: instance.id,
      },
    })
  }

  /** Components that are not as they should be. */
  #troubles(): string[] {
    return this.#parts.assembly
      .members()
      .filter(({ status }) => status === 'away' || status === 'failed' || status === 'degraded')
      .map(({ name, component, status, reason }) => {
        const what = status === 'degraded' ? 'works with restrictions' : `is ${status}`
        return `WARNING: the component ${name} (${component}) ${what}: ${reason ?? 'no reason was given'}`
      })
  }

  async #version(): Promise<Version> {
    const host = this.#host()
    const members = this.#parts.assembly.members().map((member) => ({
      name: member.component,
      version: member.version,
      details: { instance: member.name, mode: member.mode, status: member.status },
    }))
    const runtimes = (await this.#runtimes()).map(({ name, version, path }) => ({ name, version, details: { path } }))
    return {
      version: this.#parts.component.version,
      commit: '',
      builtAt: '',
      kernelVersion: host.kernelVersion,
      os: 'linux',
      architecture: host.architecture,
      components: [...members, ...runtimes],
    }
  }

  async #storage(): Promise<Info['storage']> {
    const driver = this.#parts.defaults.storage
    try {
      const { name, status } = await this.#parts.drivers.storage.get(driver).info({})
      return { driver, name, status }
    } catch (error) {
      return { driver, name: driver, status: [['Error', error instanceof Error ? error.message : String(error)]] }
    }
  }

  /** Runtimes that answer; one whose binary is missing is no reason to tell nothing. */
  async #runtimes(): Promise<Info['runtimes']> {
    const asked = this.#parts.drivers.runtimes.list().map(async ({ name, handle }) => {
      try {
        const { path, version, features } = await handle.info({})
        return [{ name, path, version, ...(features === undefined ? {} : { features }) }]
      } catch (error) {
        this.#parts.log.debug('A runtime does not tell about itself.', { runtime: name, error: String(error) })
        return []
      }
    })
    return (await Promise.all(asked)).flat()
  }
}

/** What a user would otherwise find out by a container that does not behave; Docker's words. */
function warnings(cgroups: CgroupSupport, host: HostFacts): string[] {
  const checks: [boolean, string][] = [
    [cgroups.memory, 'No memory limit support'],
    [cgroups.swap, 'No swap limit support'],
    [cgroups.cpuQuota, 'No cpu cfs quota support'],
    [cgroups.cpuShares, 'No cpu shares support'],
    [cgroups.cpuset, 'No cpuset support'],
    [cgroups.pids, 'No pids limit support'],
    [host.ipv4Forwarding, 'IPv4 forwarding is disabled'],
  ]
  return checks.filter(([supported]) => !supported).map(([, text]) => `WARNING: ${text}`)
}
