import type { DriverSet, Instance, logDriver, Logger, runtime, storageLayers } from '@moby/contracts'
import type { Clock } from '../clock/clock.ts'
import type { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { BridgeConfig } from '../networks/bridge-config.ts'
import type { EngineMetrics } from '../metrics/engine-metrics.ts'
import type { ContainerNetworking } from '../networks/container-networking.ts'
import type { ForgottenLogs } from '../output/forgotten-logs.ts'
import type { NetworkStore } from '../networks/network-store.ts'
import type { CgroupSupport } from '../spec/cgroup-support.ts'
import type { ContainerStore } from './container-store.ts'
import type { LiveContainers } from './live-containers.ts'
import type { ImageSource, OpenOutput, VolumeSource } from './ports.ts'

/** Configuration of the component; see its descriptor for the meaning. */
export interface EngineConfig {
  readonly storage?: string | undefined
  readonly imageSource?: string | undefined
  readonly maxConcurrentDownloads: number
  readonly maxConcurrentUploads: number
  readonly partialContentHours: number
  readonly logDriver: string
  readonly logOptions: Readonly<Record<string, string>>
  readonly runtime: string
  readonly volumeDriver: string
  readonly ipamDriver: string
  readonly bridge: BridgeConfig
  readonly labels: readonly string[]
  readonly debug: boolean
  readonly dns: readonly string[]
  readonly dnsSearch: readonly string[]
  readonly dnsOptions: readonly string[]
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[]
  readonly init: boolean
  readonly noNewPrivileges: boolean
  readonly seccompProfile?: string | undefined
  readonly ipcMode?: string | undefined
  readonly cgroupnsMode?: string | undefined
  readonly cgroupParent?: string | undefined
  readonly stopTimeout: number
  readonly shmSizeBytes: number
  /** Folders with specs of the Container Device Interface; a later one counts before an earlier. */
  readonly cdiSpecDirs: readonly string[]
}

/** What every verb on containers works with. */
export interface ContainerContext {
  readonly instance: Instance
  readonly config: EngineConfig
  readonly folders: { readonly data: string; readonly run: string }
  readonly log: Logger
  readonly clock: Clock
  /** Aborted when the engine is about to stop: nothing is started by itself any more. */
  readonly closing: AbortSignal
  /** Aborted when the engine stops watching: what runs then goes on without it. */
  readonly stopping: AbortSignal
  readonly events: EventBus
  readonly metrics: EngineMetrics
  readonly store: ContainerStore
  readonly lives: LiveContainers
  /** Serialises what changes the life of a container, by its id. Never held while waiting for a process to end. */
  readonly locks: KeyedLock
  /** Lets one signal at a time go to a container. */
  readonly signals: KeyedLock
  readonly images: ImageSource
  readonly volumes: VolumeSource
  /** Where the files of a volume are on the host, empty when its driver does not tell. */
  readonly volumePath: (name: string) => Promise<string>
  readonly networks: NetworkStore
  readonly networking: ContainerNetworking
  readonly openOutput: OpenOutput
  readonly storage: DriverSet<typeof storageLayers>
  readonly logs: DriverSet<typeof logDriver>
  readonly forgottenLogs: ForgottenLogs
  readonly runtimes: DriverSet<typeof runtime>
  /** Brings a container to life whose lock the caller holds (`launch.ts`): a run ends in what may begin the next. */
  readonly launch: (id: string) => Promise<void>
  readonly host: { readonly capabilities: readonly string[]; readonly cgroups: CgroupSupport }
}
