import type { ResponseOf, engineSystem } from '@moby/contracts'

type Info = ResponseOf<typeof engineSystem, 'info'>

/** GET /info in the newest version. */
export function infoShape(info: Info, more: { serverVersion: string; authorizers: readonly string[] }) {
  const { limits } = info
  return {
    ID: info.id,
    Containers: info.containers,
    ContainersRunning: info.running,
    ContainersPaused: info.paused,
    ContainersStopped: info.stopped,
    Images: info.images,
    Driver: info.storage.name,
    DriverStatus: info.storage.status,
    Plugins: {
      Volume: info.volumeDrivers,
      Network: info.networkDrivers,
      Authorization: more.authorizers.length === 0 ? null : more.authorizers,
      Log: info.logDrivers,
    },
    MemoryLimit: limits.memory,
    SwapLimit: limits.swap,
    CpuCfsPeriod: limits.cpuCfs,
    CpuCfsQuota: limits.cpuCfs,
    CPUShares: limits.cpuShares,
    CPUSet: limits.cpuset,
    PidsLimit: limits.pids,
    IPv4Forwarding: limits.ipv4Forwarding,
    Debug: info.debug,
    NFd: 0,
    KernelMemoryTCP: false,
    OomKillDisable: limits.oomKillDisable,
    NGoroutines: 0,
    SystemTime: info.systemTime,
    LoggingDriver: info.logDriver,
    CgroupDriver: info.cgroupDriver,
    CgroupVersion: String(info.cgroupVersion),
    NEventsListener: info.eventListeners,
    KernelVersion: info.kernelVersion,
    OperatingSystem: info.operatingSystem,
    OSVersion: info.osVersion,
    OSType: 'linux',
    Architecture: info.architecture,
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: { IndexConfigs: {}, InsecureRegistryCIDRs: [], Mirrors: null },
    NCPU: info.cpus,
    MemTotal: info.memoryBytes,
    GenericResources: null,
    DockerRootDir: info.dataRoot,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: info.name,
    Labels: info.labels,
    ExperimentalBuild: false,
    ServerVersion: more.serverVersion,
    Runtimes: runtimesShape(info),
    DefaultRuntime: info.defaultRuntime,
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: info.initBinary,
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: info.runtimes.find(({ name }) => name === 'runc')?.version ?? '' },
    InitCommit: { ID: '' },
    SecurityOptions: info.securityOptions,
    CDISpecDirs: info.cdiSpecDirs,
    ...(info.devices.length === 0
      ? {}
      : { DiscoveredDevices: info.devices.map(({ source, id }) => ({ Source: source, ID: id })) }),
    Warnings: info.warnings.length === 0 ? null : info.warnings,
  }
}

function runtimesShape({ runtimes }: Info): Record<string, { path: string; status?: Record<string, string> }> {
  return Object.fromEntries(
    runtimes.map(({ name, path, features }) => [
      name,
      {
        path,
        ...(features === undefined
          ? {}
          : { status: { 'org.opencontainers.runtime-spec.features': JSON.stringify(features) } }),
      },
    ]),
  )
}
