import { ContainerSummary } from './container.ts'
import { ImageSummary } from './image.ts'
import { Volume } from './network.ts'
import {
  anyObject,
  flag,
  int64,
  list,
  mapOf,
  moment,
  number,
  object,
  orNull,
  text,
  textMap,
  texts,
  words,
} from './schema.ts'

/** What went wrong, for people. */
export const ErrorResponse = object({ message: text })

const component = object({ Name: text, Version: text }, { Details: textMap })

export const Version = object({
  Platform: object({ Name: text }),
  Components: list(component),
  Version: text,
  ApiVersion: text,
  MinAPIVersion: text,
  GitCommit: text,
  GoVersion: text,
  Os: text,
  Arch: text,
  KernelVersion: text,
  BuildTime: text,
})

const commit = object({ ID: text }, { Expected: text })

export const Info = object(
  {
    ID: text,
    Containers: int64,
    ContainersRunning: int64,
    ContainersPaused: int64,
    ContainersStopped: int64,
    Images: int64,
    Driver: text,
    DriverStatus: list(texts),
    Plugins: object({ Volume: texts, Network: texts, Authorization: orNull(texts), Log: texts }),
    MemoryLimit: flag,
    SwapLimit: flag,
    CpuCfsPeriod: flag,
    CpuCfsQuota: flag,
    CPUShares: flag,
    CPUSet: flag,
    PidsLimit: flag,
    IPv4Forwarding: flag,
    Debug: flag,
    NFd: int64,
    KernelMemoryTCP: flag,
    OomKillDisable: flag,
    NGoroutines: int64,
    SystemTime: moment,
    LoggingDriver: text,
    CgroupDriver: text,
    CgroupVersion: words('1', '2'),
    NEventsListener: int64,
    KernelVersion: text,
    OperatingSystem: text,
    OSVersion: text,
    OSType: text,
    Architecture: text,
    IndexServerAddress: text,
    RegistryConfig: object({ IndexConfigs: mapOf(anyObject), InsecureRegistryCIDRs: texts, Mirrors: orNull(texts) }),
    NCPU: int64,
    MemTotal: int64,
    GenericResources: { type: 'null' },
    DockerRootDir: text,
    HttpProxy: text,
    HttpsProxy: text,
    NoProxy: text,
    Name: text,
    Labels: texts,
    ExperimentalBuild: flag,
    ServerVersion: text,
    Runtimes: mapOf(object({ path: text }, { status: textMap })),
    DefaultRuntime: text,
    Swarm: object({
      NodeID: text,
      NodeAddr: text,
      LocalNodeState: text,
      ControlAvailable: flag,
      Error: text,
      RemoteManagers: { type: 'null' },
    }),
    LiveRestoreEnabled: flag,
    Isolation: text,
    InitBinary: text,
    ContainerdCommit: commit,
    RuncCommit: commit,
    InitCommit: commit,
    SecurityOptions: texts,
    CDISpecDirs: texts,
    Warnings: orNull(texts),
  },
  { BridgeNfIptables: flag, BridgeNfIp6tables: flag, DiscoveredDevices: list(anyObject) },
)

export const Event = object(
  {
    Type: text,
    Action: text,
    Actor: object({ ID: text, Attributes: textMap }),
    scope: text,
    time: int64,
    timeNano: int64,
  },
  { status: text, id: text, from: text },
)

const cache = object(
  {
    ID: text,
    Type: text,
    Description: text,
    InUse: flag,
    Shared: flag,
    Size: int64,
    CreatedAt: moment,
    LastUsedAt: orNull(moment),
    UsageCount: int64,
  },
  { Parents: texts },
)

export const DiskUsage = object({
  LayersSize: int64,
  Images: orNull(list(ImageSummary)),
  Containers: orNull(list(ContainerSummary)),
  Volumes: orNull(list(Volume)),
  BuildCache: orNull(list(cache)),
})

export const CachePruned = object({ CachesDeleted: orNull(texts), SpaceReclaimed: int64 })

/** How long the engine's process could not turn to anything else: milliseconds; memory in bytes. */
export const EventLoopLine = object({ longestBlockMs: number, rss: int64, heapUsed: int64, external: int64 })
