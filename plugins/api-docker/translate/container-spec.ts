import type { ContainerSpec, EndpointSpec } from '@moby/contracts'
import { posix } from 'node:path'
import type { AdjustedCreate } from '../compat/requests.ts'
import type { Config } from '../schemas/config.ts'
import type { HostConfig } from '../schemas/host-config.ts'
import { invalidRequest, notImplemented } from '../wire/api-error.ts'
import { checkResources } from './check-resources.ts'
import { toEndpoints } from './endpoints.ts'
import { toHealthcheck } from './healthcheck.ts'
import { toMounts } from './mounts.ts'
import { toExposedPorts, toPorts } from './ports.ts'
import { toResources } from './resources.ts'
import { toRestartPolicy } from './restart-policy.ts'

/**
 * Docker's words for a container in the engine's. Whatever the engine does not offer and is not at its default is
 * refused with the name of its field, never passed over.
 */
export function toContainerSpec({ config, hostConfig, endpoints }: AdjustedCreate, platform?: string): ContainerSpec {
  checkOffered(hostConfig)
  checkResources(hostConfig, false)
  return {
    image: config.Image ?? '',
    ...(platform === undefined ? {} : { platform }),
    ...processOf(config),
    ...networkOf(config, hostConfig, toEndpoints(hostConfig.NetworkMode ?? 'bridge', endpoints)),
    ...confinementOf(hostConfig),
    ...lifeOf(config, hostConfig),
    ...filled('mounts', toMounts(hostConfig)),
    ...filled('volumes', config.Volumes),
    ...filled('volumesFrom', hostConfig.VolumesFrom),
  }
}

function processOf(config: Config): Partial<ContainerSpec> {
  const workingDir = config.WorkingDir ?? ''
  if (workingDir !== '' && !posix.isAbsolute(workingDir)) {
    throw invalidRequest(`the working directory '${workingDir}' is invalid, it needs to be an absolute path`)
  }
  const healthcheck = toHealthcheck(config.Healthcheck)
  return {
    ...(config.Entrypoint === undefined ? {} : { entrypoint: config.Entrypoint }),
    ...filled('command', config.Cmd),
    ...filled('env', config.Env),
    ...(workingDir === '' ? {} : { workingDir: posix.normalize(workingDir) }),
    ...said('user', config.User),
    ...(config.Tty === true ? { terminal: true } : {}),
    ...(config.OpenStdin === true ? { openStdin: true } : {}),
    ...(config.StdinOnce === true ? { stdinOnce: true } : {}),
    ...said('hostname', config.Hostname),
    ...said('domainname', config.Domainname),
    ...(config.Labels === undefined ? {} : { labels: config.Labels }),
    ...(healthcheck === undefined ? {} : { healthcheck }),
    ...filled('exposedPorts', toExposedPorts(config.ExposedPorts ?? [])),
  }
}

function networkOf(config: Config, host: HostConfig, endpoints: EndpointSpec[]): Partial<ContainerSpec> {
  const mode = config.NetworkDisabled === true ? 'none' : (host.NetworkMode ?? 'bridge')
  return {
    networkMode: mode,
    ...filled('endpoints', withLinks(mode, endpoints, host.Links ?? [])),
    ...filled('ports', toPorts(host.PortBindings ?? {})),
    ...(host.PublishAllPorts === true ? { publishAllPorts: true } : {}),
    ...filled('dns', host.Dns),
    ...filled('dnsSearch', host.DnsSearch),
    ...filled('dnsOptions', host.DnsOptions),
    ...filled('extraHosts', host.ExtraHosts),
  }
}

/** Links of the whole container are those of its first network. */
function withLinks(mode: string, endpoints: EndpointSpec[], links: readonly string[]): EndpointSpec[] {
  if (links.length === 0) return endpoints
  if (mode === 'host') {
    throw invalidRequest(
      "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
    )
  }
  if (mode.startsWith('container:')) {
    throw invalidRequest(
      "conflicting options: container type network can't be used with links. This would result in undefined behavior",
    )
  }
  const primary = endpoints.find(({ network }) => network === mode) ?? { network: mode }
  const linked = { ...primary, links: [...new Set([...(primary.links ?? []), ...links])] }
  return [linked, ...endpoints.filter((endpoint) => endpoint !== primary)]
}

function confinementOf(host: HostConfig): Partial<ContainerSpec> {
  return {
    resources: toResources(host),
    ...(host.Privileged === true ? { privileged: true } : {}),
    ...filled('capAdd', host.CapAdd),
    ...filled('capDrop', host.CapDrop),
    ...filled('securityOptions', host.SecurityOpt),
    ...(host.ReadonlyRootfs === true ? { readOnlyRoot: true } : {}),
    ...(host.MaskedPaths === undefined ? {} : { maskedPaths: host.MaskedPaths }),
    ...(host.ReadonlyPaths === undefined ? {} : { readonlyPaths: host.ReadonlyPaths }),
    ...filled('groupAdd', host.GroupAdd),
    ...said('pidMode', host.PidMode),
    ...said('ipcMode', host.IpcMode),
    ...said('utsMode', host.UTSMode),
    ...said('usernsMode', host.UsernsMode),
    ...said('cgroupnsMode', host.CgroupnsMode),
    ...said('cgroupParent', host.CgroupParent),
    ...filled(
      'ulimits',
      host.Ulimits?.map(({ Name = '', Soft = 0, Hard = 0 }) => ({ name: Name, soft: Soft, hard: Hard })),
    ),
    ...(isEmpty(host.Sysctls) ? {} : { sysctls: host.Sysctls ?? {} }),
    ...(host.ShmSize ? { shmSizeBytes: host.ShmSize } : {}),
    ...(host.OomScoreAdj ? { oomScoreAdj: host.OomScoreAdj } : {}),
    ...filled(
      'devices',
      host.Devices?.map(({ PathOnHost = '', PathInContainer = '', CgroupPermissions = '' }) => ({
        pathOnHost: PathOnHost,
        pathInContainer: PathInContainer || PathOnHost,
        permissions: CgroupPermissions || 'rwm',
      })),
    ),
    ...filled('deviceCgroupRules', host.DeviceCgroupRules),
    ...filled(
      'deviceRequests',
      host.DeviceRequests?.map(({ Driver = '', Count = 0, DeviceIDs = [], Capabilities = [], Options = {} }) => ({
        driver: Driver,
        count: Count,
        deviceIds: DeviceIDs,
        capabilities: Capabilities,
        options: Options,
      })),
    ),
  }
}

function lifeOf(config: Config, host: HostConfig): Partial<ContainerSpec> {
  const restart = toRestartPolicy(host.RestartPolicy)
  const [height = 0, width = 0] = host.ConsoleSize ?? []
  return {
    ...said('stopSignal', config.StopSignal),
    ...(config.StopTimeout === undefined ? {} : { stopTimeout: config.StopTimeout }),
    ...(height > 0 && width > 0 ? { consoleSize: { height, width } } : {}),
    ...(host.Init === undefined ? {} : { init: host.Init }),
    ...(isEmpty(host.StorageOpt) ? {} : { storageOptions: host.StorageOpt ?? {} }),
    ...(isEmpty(host.Annotations) ? {} : { annotations: host.Annotations ?? {} }),
    ...said('logDriver', host.LogConfig?.Type),
    ...(isEmpty(host.LogConfig?.Config) ? {} : { logOptions: host.LogConfig?.Config ?? {} }),
    ...(restart === undefined ? {} : { restart }),
    ...(host.AutoRemove === true ? { autoRemove: true } : {}),
    ...said('runtime', host.Runtime),
  }
}

function checkOffered(host: HostConfig): void {
  if (host.Cgroup) throw notImplemented('HostConfig.Cgroup')
  const isolation = (host.Isolation ?? '').toLowerCase()
  if (isolation !== '' && isolation !== 'default') {
    throw invalidRequest(`invalid isolation (${host.Isolation}): linux only supports 'default'`)
  }
}

function said<K extends keyof ContainerSpec>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [P in K]?: string })
}

function filled<K extends keyof ContainerSpec, T>(key: K, value: readonly T[] | undefined): { [P in K]?: T[] } {
  return value === undefined || value.length === 0 ? {} : ({ [key]: [...value] } as { [P in K]?: T[] })
}

function isEmpty(map: Readonly<Record<string, string>> | undefined): boolean {
  return map === undefined || Object.keys(map).length === 0
}
