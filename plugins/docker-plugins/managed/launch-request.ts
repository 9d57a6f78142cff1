import { existsSync } from 'node:fs'
import { normalize } from 'node:path'
import { codedError, type componentLauncher, type ForeignMount, type RequestOf } from '@moby/contracts'
import { defaultCapabilities, hostCapabilities } from '@moby/lib-oci-runtime'
import { capabilitiesOf, type PluginMount } from './plugin-config.ts'
import { pluginPaths, type PluginPlaces } from './plugin-places.ts'
import type { PluginRecord } from './plugin-record.ts'

type Launch = RequestOf<typeof componentLauncher, 'launch'>

/** Processes and threads at a time. Docker sets no limit; one that no plugin meets keeps a fork bomb from the host. */
const mostProcesses = 16_384
/** Bytes of the path of a Unix socket. */
const longestSocket = 107

/**
 * A managed plugin as a program to be launched: with what its config asks for, as its settings have it, and with what
 * every container of Docker has. Fails with PLUGIN_CONFIG_UNSUPPORTED.
 */
export function launchRequest(record: PluginRecord, places: PluginPlaces, metricsSocket: string): Launch {
  const { config, settings } = record
  const command = [...(config.Entrypoint ?? []), ...settings.args]
  if (command.length === 0) throw unsupported(record, 'it names no entrypoint')
  checkSocket(record, places)
  checkTargets(record)
  const isShared = config.PropagatedMount !== ''
  return {
    name: `plugin-${record.id.slice(0, 12)}`,
    image: places.root(record),
    command,
    environment: environmentOf(settings.env),
    workingDirectory: config.WorkDir || '/',
    folders: [],
    grants: {
      capabilities: wantedCapabilities(config.Linux.Capabilities ?? []),
      network: config.Network.Type === 'host' ? 'host' : 'none',
      devices: settings.devices.map(({ Name, Path }) => {
        if (Path === null || Path === '') throw unsupported(record, `it names no path of the device ${Name}`)
        return { path: Path, access: 'rwm' }
      }),
      pids: mostProcesses,
    },
    foreign: {
      writableRoot: true,
      mounts: mountsOf(record, places, metricsSocket),
      ...(isShared ? { sharedFolders: [{ source: places.propagated(record), target: config.PropagatedMount }] } : {}),
      hostPid: config.PidHost,
      hostIpc: config.IpcHost,
      allDevices: config.Linux.AllowAllDevices,
    },
  }
}

function mountsOf(record: PluginRecord, places: PluginPlaces, metricsSocket: string): ForeignMount[] {
  const { config, settings } = record
  const bind = (source: string, target: string, ...options: string[]): ForeignMount => ({
    type: 'bind',
    source,
    target,
    options: ['rbind', ...options],
  })
  const own = settings.mounts.flatMap((mount) => {
    const { Name, Source, Destination, Type, Options } = mount
    if (Source === null) throw unsupported(record, `mount source is not specified: ${Name || Destination}`)
    // Published plugins leave a source empty that need not be given.
    if (Source === '') return []
    checkSource(record, mount, Source)
    return [{ type: Type, source: Source, target: Destination, options: Options ?? [] }]
  })
  const isNetworked = config.Network.Type !== ''
  return [
    ...own,
    bind(places.sockets(record), pluginPaths.sockets, 'rprivate'),
    bind(places.fifos(record), pluginPaths.fifos, 'rprivate'),
    ...(isNetworked ? ['/etc/hosts', '/etc/resolv.conf'].map((file) => bind(file, file, 'ro')) : []),
    ...(capabilitiesOf(config).includes('metricscollector') ? [bind(metricsSocket, pluginPaths.metrics, 'ro')] : []),
  ]
}

function checkSource(record: PluginRecord, { Name, Type, Options, Settable }: PluginMount, source: string): void {
  const binds = Type === 'bind' || (Options ?? []).some((option) => option === 'bind' || option === 'rbind')
  if (!binds || existsSync(source)) return
  const isSettable = Name !== '' && (Settable ?? []).includes('source')
  throw unsupported(
    record,
    `it wants ${source} of this host, which is not there`,
    isSettable ? `make it, or name another one: docker plugin set ${record.name} ${Name}.source=FOLDER` : 'make it',
  )
}

/** What every container has, as far as this host has it, and what the config names, whatever the host has. */
function wantedCapabilities(named: readonly string[]): string[] {
  const host = hostCapabilities()
  return [...new Set([...defaultCapabilities.filter((name) => host.includes(name)), ...named])]
}

function environmentOf(env: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    env.map((each) => {
      const equals = each.indexOf('=')
      return equals === -1 ? [each, ''] : [each.slice(0, equals), each.slice(equals + 1)]
    }),
  )
}

/** Paths of a config become places in the container: over its root itself nothing may be mounted. */
function checkTargets(record: PluginRecord): void {
  const { PropagatedMount } = record.config
  const targets = record.settings.mounts.map(({ Destination }) => Destination)
  for (const target of PropagatedMount === '' ? targets : [...targets, PropagatedMount]) {
    if (target.startsWith('/') && normalize(target) !== '/') continue
    throw unsupported(record, `${JSON.stringify(target)} is no place where something can be mounted`)
  }
}

function checkSocket(record: PluginRecord, places: PluginPlaces): void {
  const { Socket, ProtocolScheme = '' } = record.config.Interface
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(Socket)) {
    throw unsupported(record, `${JSON.stringify(Socket)} is no name of a socket`)
  }
  if (ProtocolScheme !== '' && ProtocolScheme !== 'moby.plugins.http/v1') {
    throw unsupported(record, `it speaks ${ProtocolScheme}, and only moby.plugins.http/v1 is spoken here`)
  }
  const path = places.socket(record)
  if (Buffer.byteLength(path) > longestSocket) {
    throw unsupported(
      record,
      `its socket would be ${path}, which is longer than a socket may be: use a shorter run root`,
    )
  }
}

function unsupported(
  { name }: PluginRecord,
  reason: string,
  hint = 'see docker plugin inspect, and change its settings or its config',
) {
  // Clients show messages alone, and here the remedy is what the user needs.
  return codedError('PLUGIN_CONFIG_UNSUPPORTED', `The plugin ${name} cannot be started: ${reason}: ${hint}`, {
    hint,
    details: { plugin: name },
  })
}
