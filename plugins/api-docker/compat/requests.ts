import type { CreateContainer } from '../schemas/create-container.ts'
import type { Mount } from '../schemas/mount.ts'
import type { EndpointSettings, NetworkCreate } from '../schemas/networking.ts'
import type { HostConfig } from '../schemas/host-config.ts'
import type { UpdateConfig } from '../schemas/resources.ts'
import { invalidRequest } from '../wire/api-error.ts'

type Endpoints = Record<string, EndpointSettings>

/** What the host decides for clients of old versions. */
export interface HostKind {
  readonly cgroupVersion: number
}

/** A container's request in the form of the newest version, and what the client is to be warned of. */
export interface AdjustedCreate extends CreateContainer {
  readonly endpoints: Endpoints
  readonly warnings: readonly string[]
}

/**
 * Brings a request of any version into the newest form: drops what the version did not have, moves what has moved.
 * All that differs by version in requests is in this file.
 */
export function adjustCreate(version: number, given: CreateContainer, host: HostKind): AdjustedCreate {
  const hostConfig = adjustHostConfig(version, given.hostConfig, host)
  const mode = hostConfig.NetworkMode ?? 'bridge'
  const endpoints = renameDefault(given.networking.EndpointsConfig ?? {})
  if (version < 44 && Object.keys(endpoints).length > 1) {
    const names = Object.keys(endpoints).join(', ')
    throw invalidRequest(`Container cannot be created with multiple network endpoints: ${names}`)
  }
  const prioritised = version < 48 ? mapEndpoints(endpoints, ({ GwPriority: _later, ...rest }) => rest) : endpoints
  const mac = placeMacAddress(version, given.config.MacAddress ?? '', mode, prioritised)
  const sysctls = placeSysctls(version, mode, hostConfig.Sysctls ?? {}, mac.endpoints)
  const { MacAddress: _moved, ...config } = given.config
  if (version < 44 && config.Healthcheck !== undefined) {
    const { StartInterval: _later, ...healthcheck } = config.Healthcheck
    config.Healthcheck = healthcheck
  }
  return {
    config,
    hostConfig: hostConfig.Sysctls === undefined ? hostConfig : { ...hostConfig, Sysctls: sysctls.sysctls },
    networking: given.networking,
    endpoints: sysctls.endpoints,
    warnings: [...mac.warnings, ...sysctls.warnings, ...volumeDriverWarning(version, hostConfig)],
  }
}

function adjustHostConfig(version: number, given: HostConfig, host: HostKind): HostConfig {
  const adjusted: HostConfig = { ...given, NetworkMode: networkMode(given.NetworkMode) }
  if (version < 25) adjusted.AutoRemove = false
  if (version < 40) {
    adjusted.IpcMode ||= 'shareable'
    delete adjusted.KernelMemoryTCP
  }
  if (version < 41 && host.cgroupVersion === 1) adjusted.CgroupnsMode ||= 'host'
  if (version < 42) delete adjusted.ConsoleSize
  else delete adjusted.KernelMemory
  if (version < 43) delete adjusted.Annotations
  if (adjusted.Mounts !== undefined) adjusted.Mounts = adjusted.Mounts.map((mount) => adjustMount(version, mount))
  return adjusted
}

function networkMode(given: string | undefined): string {
  return given === undefined || given === '' || given === 'default' ? 'bridge' : given
}

function adjustMount(version: number, mount: Mount): Mount {
  const { BindOptions: bind, VolumeOptions: volume, TmpfsOptions: tmpfs, ...rest } = mount
  // Before 1.44 what was mounted below a read-only bind could be written.
  const writableBelow = version < 44 && mount.Type === 'bind' && mount.ReadOnly === true
  const adjustedBind = (bind !== undefined || writableBelow) && {
    ...bind,
    ...(writableBelow ? { ReadOnlyNonRecursive: true } : {}),
    ...(version < 40 ? { NonRecursive: false } : {}),
    ...(version < 42 ? { CreateMountpoint: false } : {}),
  }
  if (version < 44 && bind?.ReadOnlyForceRecursive === true) {
    throw invalidRequest('BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer')
  }
  if (version < 45 && (volume?.Subpath ?? '') !== '') {
    throw invalidRequest('VolumeOptions.Subpath needs API v1.45 or newer')
  }
  if (version < 48 && mount.Type === 'image') throw invalidRequest('Mount type "Image" needs API v1.48 or newer')
  // Options of another type were passed over before 1.42, and are an error since.
  const keep = (type: string) => version >= 42 || mount.Type === type
  return {
    ...rest,
    ...(adjustedBind === false ? {} : { BindOptions: adjustedBind }),
    ...(volume === undefined || !keep('volume') ? {} : { VolumeOptions: volume }),
    ...(tmpfs === undefined || !keep('tmpfs') ? {} : { TmpfsOptions: tmpfs }),
  }
}

function renameDefault(endpoints: Endpoints): Endpoints {
  const { default: unnamed, ...named } = endpoints
  return unnamed === undefined ? named : { bridge: unnamed, ...named }
}

function mapEndpoints(endpoints: Endpoints, change: (endpoint: EndpointSettings) => EndpointSettings): Endpoints {
  return Object.fromEntries(Object.entries(endpoints).map(([name, endpoint]) => [name, change(endpoint)]))
}

interface Placed {
  readonly endpoints: Endpoints
  readonly warnings: readonly string[]
}

/** The MAC address of a container became that of an endpoint in 1.44. */
function placeMacAddress(version: number, mac: string, mode: string, endpoints: Endpoints): Placed {
  if (mac === '') {
    const cleaned = version < 44 ? mapEndpoints(endpoints, ({ MacAddress: _unknown, ...rest }) => rest) : endpoints
    return { endpoints: cleaned, warnings: [] }
  }
  const ownNetwork = mode !== 'host' && mode !== 'none' && !mode.startsWith('container:')
  if (!ownNetwork) {
    if (version < 44) throw invalidRequest('conflicting options: mac-address and the network mode')
    return { endpoints, warnings: [macWarning] }
  }
  const name = endpointFor(version, mode, endpoints)
  const present = endpoints[name]?.MacAddress ?? ''
  if (version >= 44 && present !== '' && present !== mac) {
    throw invalidRequest(
      'the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty',
    )
  }
  return {
    endpoints: { ...endpoints, [name]: { ...endpoints[name], MacAddress: mac } },
    warnings: version < 44 ? [] : [macWarning],
  }
}

const macWarning =
  'The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.'

/** The endpoint that settings of the whole container are meant for. */
function endpointFor(version: number, mode: string, endpoints: Endpoints): string {
  const names = Object.keys(endpoints)
  if (names.length === 0 || endpoints[mode] !== undefined) return mode
  if (version < 44) return names[0] ?? mode
  throw invalidRequest('HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks')
}

const sysctlOption = 'com.docker.network.endpoint.sysctls'

/** Sysctls of one interface became a driver option of the endpoint in 1.46. */
function placeSysctls(
  version: number,
  mode: string,
  given: Readonly<Record<string, string>>,
  endpoints: Endpoints,
): Placed & { sysctls: Record<string, string> } {
  const own = Object.keys(given).filter((key) => /^net\.[^.]+\.[^.]+\.eth[^.]*\..+/.test(key))
  const unchanged = { endpoints, warnings: [], sysctls: { ...given } }
  if (own.length === 0 || mode === 'host' || mode.startsWith('container:')) return unchanged
  for (const key of own) {
    if (version >= 48) {
      throw invalidRequest(
        `interface specific sysctl setting ${JSON.stringify(key)} must be supplied using driver option '${sysctlOption}'`,
      )
    }
    if (key.split('.')[3] !== 'eth0') {
      throw invalidRequest(
        `unable to determine network endpoint for sysctl ${key}, use driver option '${sysctlOption}' to set per-interface sysctls`,
      )
    }
  }
  const name = endpointFor(version, mode, endpoints)
  const moved = own.map((key) => `${key.replace('.eth0.', '.IFNAME.')}=${given[key]}`).join(',')
  const before = endpoints[name]?.DriverOpts?.[sysctlOption]
  const value = before === undefined ? moved : `${moved},${before}`
  const endpoint = { ...endpoints[name], DriverOpts: { ...endpoints[name]?.DriverOpts, [sysctlOption]: value } }
  return {
    endpoints: { ...endpoints, [name]: endpoint },
    warnings: [`Migrated sysctl "${own.join(',')}" to DriverOpts{"${sysctlOption}":"${moved}"}.`],
    sysctls: Object.fromEntries(Object.entries(given).filter(([key]) => !own.includes(key))),
  }
}

function volumeDriverWarning(version: number, host: HostConfig): string[] {
  if (version < 48 || !host.VolumeDriver) return []
  const ambiguous = (host.Mounts ?? []).some(
    (mount) => mount.Type === 'volume' && !mount.VolumeOptions?.DriverConfig?.Name,
  )
  return ambiguous
    ? [
        "WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. " +
          "Use '--mount type=volume,volume-driver=...' instead",
      ]
    : []
}

/** The body of an update in the newest form. */
export function adjustUpdate(version: number, given: UpdateConfig): UpdateConfig {
  const adjusted = { ...given }
  if (version < 40) delete adjusted.PidsLimit
  if (version >= 42) delete adjusted.KernelMemory
  return adjusted
}

/** A network's request in the newest form. */
export function adjustNetworkCreate(version: number, given: NetworkCreate): NetworkCreate {
  const adjusted = { ...given }
  if (version < 48) delete adjusted.EnableIPv4
  return adjusted
}
