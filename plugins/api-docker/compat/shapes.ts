import { multiplexedStream, rawStream } from '../wire/frames.ts'
import { never } from '../wire/moment.ts'

/**
 * Answers of the newest version in the form of an older one. All that differs by version in answers is in this file;
 * a version is its minor number. Facts: the changelog of the Docker Engine API.
 */

type Shape = Record<string, unknown>

/** GET /containers/{id}/json. */
export function containerInspect(version: number, shape: Shape): Shape {
  if (version >= 45) return shape
  const settings = shape['NetworkSettings'] as Shape
  const { Hostname: hostname } = shape['Config'] as Shape
  const shortId = String(shape['Id']).slice(0, 12)
  const networks = Object.entries(settings['Networks'] as Record<string, Shape>).map(([name, endpoint]) => {
    if (['bridge', 'host', 'none', 'default'].includes(name)) return [name, endpoint]
    const aliases = [...((endpoint['Aliases'] as string[] | null) ?? []), shortId, String(hostname)]
    return [name, { ...endpoint, Aliases: [...new Set(aliases)].filter((alias) => alias !== '') }]
  })
  return { ...shape, NetworkSettings: { ...settings, Networks: Object.fromEntries(networks) } }
}

/** One row of GET /containers/json. */
export function containerSummary(version: number, shape: Shape): Shape {
  if (version >= 46) return shape
  const { Annotations: _later, ...hostConfig } = shape['HostConfig'] as Shape
  return { ...shape, HostConfig: hostConfig }
}

/** GET /images/{name}/json. */
export function imageInspect(version: number, shape: Shape): Shape {
  const { Descriptor: descriptor, ...older } = shape
  if (version < 48 && descriptor !== undefined) return imageInspect(version, older)
  const config = { ...(version < 50 ? olderImageConfig : imageConfig), ...(shape['Config'] as Shape) }
  if (version >= 44) return { ...shape, Config: config }
  return { Created: never, ...shape, Config: config, VirtualSize: shape['Size'] }
}

/** Fields of an image's Config that are written although they are empty. */
const imageConfig: Shape = {
  Cmd: null,
  Entrypoint: null,
  Env: null,
  Labels: null,
  OnBuild: null,
  User: '',
  Volumes: null,
  WorkingDir: '',
}

const olderImageConfig: Shape = {
  ...imageConfig,
  AttachStderr: false,
  AttachStdin: false,
  AttachStdout: false,
  Domainname: '',
  Hostname: '',
  Image: '',
  OpenStdin: false,
  StdinOnce: false,
  Tty: false,
}

/** One row of GET /images/json. */
export function imageSummary(version: number, shape: Shape): Shape {
  const { Descriptor: descriptor, ...older } = shape
  if (version < 48 && descriptor !== undefined) return imageSummary(version, older)
  const tags = shape['RepoTags'] as readonly string[]
  const digests = shape['RepoDigests'] as readonly string[]
  const nameless = version < 43 && tags.length === 0 && digests.length === 0
  return {
    ...shape,
    ...(version < 51 ? { Containers: -1 } : {}),
    ...(nameless ? { RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] } : {}),
    ...(version < 44 ? { VirtualSize: shape['Size'] } : {}),
  }
}

/** GET /info. */
export function info(version: number, shape: Shape): Shape {
  const adjusted: Shape = { ...shape }
  if (version < 50) {
    Object.assign(adjusted, { BridgeNfIptables: false, BridgeNfIp6tables: false })
    delete adjusted['DiscoveredDevices']
  }
  if (version < 49) {
    for (const key of ['ContainerdCommit', 'RuncCommit', 'InitCommit']) {
      const commit = shape[key] as { ID: string }
      adjusted[key] = { ...commit, Expected: commit.ID }
    }
  }
  if (version < 47) {
    adjusted['RegistryConfig'] = {
      ...(shape['RegistryConfig'] as Shape),
      AllowNondistributableArtifactsCIDRs: null,
      AllowNondistributableArtifactsHostnames: null,
    }
  }
  if (version < 44) {
    const runtimes = Object.entries(shape['Runtimes'] as Record<string, { path: string }>)
    adjusted['Runtimes'] = Object.fromEntries(runtimes.map(([name, { path }]) => [name, { path }]))
  }
  if (version < 25) {
    const options = shape['SecurityOptions'] as readonly string[]
    adjusted['SecurityOptions'] = options.map((option) => /(?:^|,)name=([^,]*)/.exec(option)?.[1] ?? option)
  }
  return adjusted
}

/** Whether an event is told to a client of that version. */
export function tellsEvent(version: number, event: { readonly type: string; readonly action: string }): boolean {
  return version >= 46 || event.type !== 'image' || event.action !== 'create'
}

/** GET /networks: containers of each network were told before 1.28. */
export function listsNetworkContainers(version: number): boolean {
  return version < 28
}

/** Type of a stream of output. */
export function outputType(version: number, terminal: boolean): string {
  return !terminal && version >= 42 ? multiplexedStream : rawStream
}

/** Parameters and fields that came with a version, so that an older client's are passed over. */
export const since = {
  /** Query `one-shot` of stats. */
  oneShot: 41,
  /** Query `platform` of a container's creation. */
  createPlatform: 41,
  /** Query `signal` of stop and restart, ConsoleSize of exec, prune of anonymous volumes only. */
  stopSignal: 42,
  execConsoleSize: 42,
  pruneAnonymousOnly: 42,
  dfTypes: 42,
  /** Attaching over a WebSocket: queries stdin, stdout and stderr, and binary messages. */
  webSocketStreams: 42,
  webSocketBinary: 28,
  /** Query `condition` of wait. */
  waitCondition: 30,
  importPlatform: 32,
  pullPlatform: 32,
  /** Query `platform` of a push; before, clients sent what was never read. */
  pushPlatform: 46,
  /** Query `platforms` of the removal of an image. */
  removePlatform: 50,
  /** Query `shared-size` of the list of images. */
  sharedSize: 42,
  /** Query `platform` of an image's inspection and history. */
  inspectPlatform: 49,
  historyPlatform: 48,
  /** Query `manifests` of an image's inspection, and of the list of images. */
  inspectManifests: 48,
  listManifests: 47,
  /** Query `platform` of saving and loading images. */
  archivePlatform: 48,
} as const

/** Body of the answer to a wait. */
export function waitResult(version: number, exitCode: number, error: string | undefined): Shape | undefined {
  // A removal that failed was told by an empty answer before 1.34.
  if (version < 34 && error !== undefined) return undefined
  return error === undefined ? { StatusCode: exitCode } : { StatusCode: exitCode, Error: { Message: error } }
}
