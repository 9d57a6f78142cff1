import type { Container, ContainerSpec, MountSpec, ResourceSpec } from '@moby/contracts'
import type { HostConfig } from '../schemas/host-config.ts'
import { frontendOf } from './frontend.ts'

/**
 * HostConfig as inspect tells it: what was given at creation, Docker's zero values for the rest, and what an update may
 * have changed as it is now.
 */
export function hostConfigShape(container: Container): Record<string, unknown> {
  const kept = frontendOf(container)?.hostConfig ?? rebuildHostConfig(container)
  const { Mounts: mounts, Annotations, StorageOpt, Tmpfs, Sysctls, Init, KernelMemory: _unused, ...rest } = kept
  return {
    ...zeroHostConfig,
    ...rest,
    PortBindings: kept.PortBindings === undefined ? null : portBindings(kept.PortBindings),
    ConsoleSize: kept.ConsoleSize ?? [0, 0],
    Isolation: kept.Isolation ?? '',
    Links: linksShape(container),
    ...resourcesShape(container.spec.resources ?? {}, kept),
    ...(isFilled(kept.DeviceRequests) ? { DeviceRequests: kept.DeviceRequests?.map(deviceRequestShape) } : {}),
    MaskedPaths: container.spec.maskedPaths ?? null,
    ReadonlyPaths: container.spec.readonlyPaths ?? null,
    RestartPolicy: restartShape(container.spec.restart),
    ...(isFilled(mounts) ? { Mounts: mounts } : {}),
    ...(isFilled(Annotations) ? { Annotations } : {}),
    ...(isFilled(StorageOpt) ? { StorageOpt } : {}),
    ...(isFilled(Tmpfs) ? { Tmpfs } : {}),
    ...(isFilled(Sysctls) ? { Sysctls } : {}),
    ...(Init === undefined ? {} : { Init }),
  }
}

/** What Go writes for fields that nobody set. */
const zeroHostConfig: Readonly<Record<string, unknown>> = {
  Binds: null,
  ContainerIDFile: '',
  LogConfig: { Type: '', Config: {} },
  NetworkMode: 'bridge',
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: '',
  Dns: null,
  DnsOptions: null,
  DnsSearch: null,
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: '',
  Cgroup: '',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: '',
  UsernsMode: '',
  ShmSize: 0,
  CgroupParent: '',
  BlkioWeightDevice: null,
  BlkioDeviceReadBps: null,
  BlkioDeviceWriteBps: null,
  BlkioDeviceReadIOps: null,
  BlkioDeviceWriteIOps: null,
  Devices: null,
  DeviceCgroupRules: null,
  DeviceRequests: null,
  Ulimits: null,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
  MaskedPaths: null,
  ReadonlyPaths: null,
}

/** As dockerd tells links: by the names that the containers have now. */
function linksShape({ name, links = [] }: Container): string[] | null {
  return links.length === 0 ? null : links.map((link) => `/${link.name}:/${name}/${link.alias}`)
}

function portBindings(bindings: NonNullable<HostConfig['PortBindings']>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bindings).map(([port, list]) => [
      port,
      list?.map(({ HostIp = '', HostPort = '' }) => ({ HostIp, HostPort })) ?? list,
    ]),
  )
}

function resourcesShape(resources: ResourceSpec, kept: HostConfig): Record<string, unknown> {
  return {
    CpuShares: resources.cpuShares ?? 0,
    Memory: resources.memoryBytes ?? 0,
    NanoCpus: resources.nanoCpus ?? 0,
    BlkioWeight: resources.blkioWeight ?? 0,
    CpuPeriod: resources.cpuPeriodUs ?? 0,
    CpuQuota: resources.cpuQuotaUs ?? 0,
    CpuRealtimePeriod: resources.cpuRealtimePeriodUs ?? 0,
    CpuRealtimeRuntime: resources.cpuRealtimeRuntimeUs ?? 0,
    CpusetCpus: resources.cpusetCpus ?? '',
    CpusetMems: resources.cpusetMems ?? '',
    MemoryReservation: resources.memoryReservationBytes ?? 0,
    MemorySwap: resources.memorySwapBytes ?? 0,
    MemorySwappiness: resources.memorySwappiness ?? null,
    OomKillDisable: resources.oomKillDisable ?? kept.OomKillDisable ?? null,
    ...limitsShape(resources, kept),
    PidsLimit: resources.pidsLimit === undefined || resources.pidsLimit <= 0 ? null : resources.pidsLimit,
  }
}

/** Of limits that the host cannot keep nothing is left, as nothing was before. */
function limitsShape(resources: ResourceSpec, kept: HostConfig): Record<string, unknown> {
  const keys = [
    ['BlkioWeightDevice', 'blkioWeightDevices'],
    ['BlkioDeviceReadBps', 'blkioReadBps'],
    ['BlkioDeviceWriteBps', 'blkioWriteBps'],
    ['BlkioDeviceReadIOps', 'blkioReadIops'],
    ['BlkioDeviceWriteIOps', 'blkioWriteIops'],
  ] as const
  return Object.fromEntries(
    keys.flatMap(([name, key]) => (isFilled(kept[name]) && resources[key] === undefined ? [[name, []]] : [])),
  )
}

type DeviceRequest = NonNullable<HostConfig['DeviceRequests']>[number]

function deviceRequestShape({ Driver = '', Count = 0, ...given }: DeviceRequest): Record<string, unknown> {
  return {
    Driver,
    Count,
    DeviceIDs: given.DeviceIDs ?? null,
    Capabilities: given.Capabilities ?? null,
    Options: given.Options ?? null,
  }
}

function restartShape(restart: ContainerSpec['restart']): { Name: string; MaximumRetryCount: number } {
  return { Name: restart?.name ?? 'no', MaximumRetryCount: restart?.maximumRetries ?? 0 }
}

/** The HostConfig of a container that another front-end made, from what the engine knows. */
function rebuildHostConfig({ spec, drivers }: Container): HostConfig {
  return {
    NetworkMode: spec.networkMode ?? 'bridge',
    LogConfig: { Type: drivers.log, Config: spec.logOptions ?? {} },
    Runtime: drivers.runtime,
    AutoRemove: spec.autoRemove ?? false,
    Privileged: spec.privileged ?? false,
    ReadonlyRootfs: spec.readOnlyRoot ?? false,
    PublishAllPorts: spec.publishAllPorts ?? false,
    OomScoreAdj: spec.oomScoreAdj ?? 0,
    ShmSize: spec.shmSizeBytes ?? 0,
    IpcMode: spec.ipcMode ?? '',
    PidMode: spec.pidMode ?? '',
    UTSMode: spec.utsMode ?? '',
    UsernsMode: spec.usernsMode ?? '',
    CgroupnsMode: spec.cgroupnsMode ?? '',
    CgroupParent: spec.cgroupParent ?? '',
    Dns: spec.dns ?? [],
    DnsSearch: spec.dnsSearch ?? [],
    DnsOptions: spec.dnsOptions ?? [],
    ...given('CapAdd', spec.capAdd),
    ...given('CapDrop', spec.capDrop),
    ...given('GroupAdd', spec.groupAdd),
    ...given('ExtraHosts', spec.extraHosts),
    ...given('SecurityOpt', spec.securityOptions),
    ...given('VolumesFrom', spec.volumesFrom),
    ...given('DeviceCgroupRules', spec.deviceCgroupRules),
    ...given('Sysctls', spec.sysctls),
    ...given('StorageOpt', spec.storageOptions),
    ...given('Annotations', spec.annotations),
    ...given('Init', spec.init),
    ...given('Mounts', spec.mounts?.map(rebuildMount)),
    ...given(
      'Ulimits',
      spec.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    ),
    ...given(
      'Devices',
      spec.devices?.map((device) => ({
        PathOnHost: device.pathOnHost,
        PathInContainer: device.pathInContainer,
        CgroupPermissions: device.permissions,
      })),
    ),
    PortBindings: rebuildPorts(spec),
  }
}

function rebuildMount(mount: MountSpec): NonNullable<HostConfig['Mounts']>[number] {
  return {
    Type: mount.type,
    Target: mount.target,
    ...(mount.source === undefined ? {} : { Source: mount.source }),
    ...(mount.readOnly === true ? { ReadOnly: true } : {}),
  }
}

function rebuildPorts(spec: ContainerSpec): NonNullable<HostConfig['PortBindings']> {
  const bindings: NonNullable<HostConfig['PortBindings']> = {}
  for (const { protocol, containerPort, hostIp = '', hostPort, hostPortEnd } of spec.ports ?? []) {
    const range = hostPortEnd === undefined ? `${hostPort ?? ''}` : `${hostPort ?? ''}-${hostPortEnd}`
    const key = `${containerPort}/${protocol}`
    bindings[key] = [...(bindings[key] ?? []), { HostIp: hostIp, HostPort: range }]
  }
  return bindings
}

function given<K extends keyof HostConfig>(key: K, value: HostConfig[K] | undefined): { [P in K]?: HostConfig[P] } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: HostConfig[P] })
}

function isFilled(value: object | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0
}
