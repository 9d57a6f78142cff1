import { Type, type Static } from 'typebox'
import { Closed, Int64, Maybe, OneOf, Open, StringMap } from '../component/schemas.ts'
import { PortBinding } from '../network/driver.ts'

const Strings = Type.Array(Type.String())
const Seconds = Type.Integer({ description: 'Seconds' })

/** How long to wait and what to run to learn whether a container is healthy. Durations in nanoseconds. */
export const Healthcheck = Closed({
  test: Type.Array(Type.String(), { description: '[] inherits, [NONE], [CMD, ...] or [CMD-SHELL, line]' }),
  intervalNs: Maybe(Type.Number()),
  timeoutNs: Maybe(Type.Number()),
  startPeriodNs: Maybe(Type.Number()),
  startIntervalNs: Maybe(Type.Number()),
  retries: Maybe(Type.Integer()),
})

export const MountSpec = Closed({
  type: OneOf(['bind', 'volume', 'tmpfs', 'image'], 'An image is seen as it is, read-only'),
  source: Maybe(
    Type.String({
      description: 'Host path of a bind, name of a volume, reference of an image; a volume without name is anonymous',
    }),
  ),
  target: Type.String({ description: 'Absolute path in the container' }),
  readOnly: Maybe(Type.Boolean()),
  propagation: Maybe(OneOf(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'])),
  nonRecursive: Maybe(Type.Boolean()),
  readOnlyBelow: Maybe(
    OneOf(
      ['never', 'always'],
      'Whether mounts below a read-only one are read-only, too; absent: where runtime and kernel can do it',
    ),
  ),
  createSource: Maybe(
    Type.Boolean({ description: 'Makes a missing bind source as a directory (`-v`), instead of an error (`--mount`)' }),
  ),
  volumeDriver: Maybe(Type.String()),
  volumeOptions: Maybe(StringMap('Driver options for a volume made now')),
  volumeLabels: Maybe(StringMap('Labels for a volume made now')),
  subPath: Maybe(
    Type.String({
      description:
        'What of a volume or an image is mounted: a relative path that exists at the start. No link of it may lead out',
    }),
  ),
  noCopy: Maybe(Type.Boolean({ description: 'Leaves a new volume empty instead of copying what the image has there' })),
  tmpfsSizeBytes: Maybe(Type.Number()),
  tmpfsMode: Maybe(Type.Integer()),
  tmpfsOptions: Maybe(Type.String({ description: 'Further options as mount(8) writes them' })),
})
export type MountSpec = Static<typeof MountSpec>

export const EndpointSpec = Closed({
  network: Type.String({ description: 'Name or id' }),
  aliases: Maybe(Strings),
  ipv4Address: Maybe(Type.String()),
  ipv6Address: Maybe(Type.String()),
  linkLocalAddresses: Maybe(Type.Array(Type.String({ description: 'Without prefix length' }))),
  macAddress: Maybe(Type.String()),
  links: Maybe(Strings),
  driverOptions: Maybe(StringMap('For the network driver')),
  gatewayPriority: Maybe(Type.Integer()),
})
export type EndpointSpec = Static<typeof EndpointSpec>

const DeviceRates = Type.Array(
  Closed({ path: Type.String(), rate: Type.Number({ minimum: 0, description: 'Bytes or operations in a second' }) }),
)

/** Limits; absent means unlimited or the kernel's default. */
export const ResourceSpec = Closed({
  memoryBytes: Maybe(Type.Number()),
  memorySwapBytes: Maybe(Type.Number({ description: 'Memory and swap together; -1 unlimited' })),
  memoryReservationBytes: Maybe(Type.Number()),
  memorySwappiness: Maybe(Type.Integer({ minimum: 0, maximum: 100 })),
  oomKillDisable: Maybe(Type.Boolean()),
  nanoCpus: Maybe(Type.Number()),
  cpuShares: Maybe(Type.Number()),
  cpuPeriodUs: Maybe(Type.Number()),
  cpuQuotaUs: Maybe(Type.Number()),
  cpuRealtimePeriodUs: Maybe(Type.Number()),
  cpuRealtimeRuntimeUs: Maybe(Type.Number()),
  cpusetCpus: Maybe(Type.String()),
  cpusetMems: Maybe(Type.String()),
  pidsLimit: Maybe(Type.Number({ description: '0 or -1 unlimited' })),
  blkioWeight: Maybe(Type.Integer()),
  blkioWeightDevices: Maybe(Type.Array(Closed({ path: Type.String(), weight: Type.Integer() }))),
  blkioReadBps: Maybe(DeviceRates),
  blkioWriteBps: Maybe(DeviceRates),
  blkioReadIops: Maybe(DeviceRates),
  blkioWriteIops: Maybe(DeviceRates),
})
export type ResourceSpec = Static<typeof ResourceSpec>

export const ContainerSpec = Closed({
  image: Type.String({ description: 'Reference or id as the user wrote it' }),
  platform: Maybe(Type.String({ description: 'os/arch[/variant]' })),
  entrypoint: Maybe(Type.Array(Type.String(), { description: 'Absent: the image\'s; [""] or []: none' })),
  command: Maybe(Strings),
  env: Maybe(Type.Array(Type.String(), { description: 'NAME=value, or NAME alone to remove it' })),
  workingDir: Maybe(Type.String()),
  user: Maybe(Type.String({ description: 'user[:group], names or numbers' })),
  terminal: Maybe(Type.Boolean()),
  openStdin: Maybe(Type.Boolean()),
  stdinOnce: Maybe(Type.Boolean()),
  consoleSize: Maybe(Closed({ height: Type.Integer(), width: Type.Integer() })),
  stopSignal: Maybe(Type.String()),
  stopTimeout: Maybe(Seconds),
  hostname: Maybe(Type.String()),
  domainname: Maybe(Type.String()),
  labels: Maybe(StringMap('Of the container')),
  annotations: Maybe(StringMap('Handed to the runtime')),
  healthcheck: Maybe(Healthcheck),
  exposedPorts: Maybe(Type.Array(Type.String({ description: '80/tcp' }))),
  volumes: Maybe(
    Type.Array(
      Type.String({ description: 'Paths that get an anonymous volume unless something else is mounted there' }),
    ),
  ),
  mounts: Maybe(Type.Array(MountSpec)),
  volumesFrom: Maybe(Type.Array(Type.String({ description: 'container[:ro|:rw]' }))),
  networkMode: Maybe(Type.String({ description: 'default, bridge, none, host, container:<id>, or a network' })),
  endpoints: Maybe(Type.Array(EndpointSpec)),
  ports: Maybe(Type.Array(PortBinding)),
  publishAllPorts: Maybe(Type.Boolean()),
  dns: Maybe(Strings),
  dnsSearch: Maybe(Strings),
  dnsOptions: Maybe(Strings),
  extraHosts: Maybe(Type.Array(Type.String({ description: 'name:address; the address may be host-gateway' }))),
  resources: Maybe(ResourceSpec),
  privileged: Maybe(Type.Boolean()),
  capAdd: Maybe(Strings),
  capDrop: Maybe(Strings),
  securityOptions: Maybe(
    Type.Array(Type.String({ description: 'As `--security-opt` writes them; a seccomp profile is inline JSON' })),
  ),
  readOnlyRoot: Maybe(Type.Boolean()),
  maskedPaths: Maybe(
    Type.Array(Type.String(), {
      description:
        'Hidden from a container that is not privileged. The engine fills in the list of dockerd at creation',
    }),
  ),
  readonlyPaths: Maybe(
    Type.Array(Type.String(), { description: 'Read-only in a container that is not privileged; filled in likewise' }),
  ),
  groupAdd: Maybe(Strings),
  pidMode: Maybe(Type.String()),
  ipcMode: Maybe(Type.String()),
  utsMode: Maybe(Type.String()),
  usernsMode: Maybe(Type.String()),
  cgroupnsMode: Maybe(Type.String()),
  cgroupParent: Maybe(Type.String()),
  init: Maybe(Type.Boolean()),
  ulimits: Maybe(Type.Array(Closed({ name: Type.String(), soft: Type.Number(), hard: Type.Number() }))),
  sysctls: Maybe(StringMap('Namespaced sysctls')),
  shmSizeBytes: Maybe(Type.Number()),
  oomScoreAdj: Maybe(Type.Integer()),
  devices: Maybe(
    Type.Array(Closed({ pathOnHost: Type.String(), pathInContainer: Type.String(), permissions: Type.String() })),
  ),
  deviceCgroupRules: Maybe(Strings),
  deviceRequests: Maybe(
    Type.Array(
      Closed({
        driver: Type.String({
          description: '`cdi`: devices by their qualified names. Others are refused at the start',
        }),
        count: Type.Integer({ description: '-1 for all' }),
        deviceIds: Strings,
        capabilities: Type.Array(Strings, { description: 'One of the lists, and of that all' }),
        options: StringMap('For the driver'),
      }),
    ),
  ),
  storageOptions: Maybe(StringMap('For the storage driver')),
  logDriver: Maybe(Type.String()),
  logOptions: Maybe(StringMap('For the log driver')),
  restart: Maybe(
    Closed({
      name: OneOf(['no', 'always', 'unless-stopped', 'on-failure']),
      maximumRetries: Maybe(Type.Integer({ minimum: 0 })),
    }),
  ),
  autoRemove: Maybe(Type.Boolean()),
  runtime: Maybe(Type.String({ description: 'Name of a runtime driver' })),
})
export type ContainerSpec = Static<typeof ContainerSpec>

export const containerStatuses = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const

/** Where a container is in its life. */
export const ContainerState = Open({
  status: OneOf(containerStatuses),
  pid: Type.Integer(),
  exitCode: Type.Integer(),
  oomKilled: Type.Boolean(),
  error: Type.String({ description: 'Why the last start failed, empty when it did not' }),
  startedAt: Maybe(Type.String()),
  finishedAt: Maybe(Type.String()),
  restartCount: Type.Integer(),
  /** Why nothing can be done with it now: `waiting for storage.layers driver "overlay"`. */
  waitingFor: Maybe(Type.String()),
  health: Maybe(
    Open({
      status: OneOf(['none', 'starting', 'healthy', 'unhealthy']),
      failingStreak: Type.Integer(),
      log: Type.Array(
        Open({ start: Type.String(), end: Type.String(), exitCode: Type.Integer(), output: Type.String() }),
      ),
    }),
  ),
})
export type ContainerState = Static<typeof ContainerState>

export const EndpointStatus = Open({
  networkId: Type.String(),
  networkName: Type.String(),
  endpointId: Type.String({ description: 'Empty while the container is not running' }),
  address: Type.String({ description: 'With prefix length, empty while not running' }),
  gateway: Type.String(),
  addressIpv6: Type.String(),
  gatewayIpv6: Type.String(),
  macAddress: Type.String(),
  aliases: Strings,
  dnsNames: Strings,
  driverOptions: Maybe(StringMap('As given')),
  spec: EndpointSpec,
})
export type EndpointStatus = Static<typeof EndpointStatus>

export const MountStatus = Open({
  type: OneOf(['bind', 'volume', 'tmpfs', 'image']),
  name: Maybe(Type.String({ description: 'Of a volume; of an image the reference as given' })),
  driver: Maybe(Type.String()),
  source: Type.String(),
  target: Type.String(),
  mode: Type.String(),
  writable: Type.Boolean(),
  propagation: Type.String(),
})
export type MountStatus = Static<typeof MountStatus>

/** Everything that the engine tells about a container. */
export const Container = Open({
  id: Type.String({ description: '64 hexadecimal digits' }),
  name: Type.String({ description: 'Without slash' }),
  createdAt: Type.String(),
  spec: ContainerSpec,
  /** What was handed over as `frontend` at creation, untouched. */
  frontend: Maybe(Type.Unknown()),
  image: Open({ id: Type.String(), reference: Type.String({ description: 'As the user wrote it' }) }),
  process: Open({
    path: Type.String(),
    args: Strings,
    env: Strings,
    workingDir: Type.String(),
    user: Type.String(),
    entrypoint: Type.Array(Type.String()),
    command: Type.Array(Type.String()),
    exposedPorts: Strings,
    volumes: Strings,
    labels: StringMap('Of image and container together'),
    stopSignal: Type.String(),
    healthcheck: Maybe(Healthcheck),
  }),
  state: ContainerState,
  drivers: Open({ storage: Type.String(), log: Type.String(), runtime: Type.String() }),
  networks: Type.Array(EndpointStatus),
  links: Maybe(
    Type.Array(Open({ name: Type.String(), alias: Type.String() }), {
      description: 'Containers on the predefined bridge that this one has under another name',
    }),
  ),
  sandboxId: Type.String(),
  sandboxKey: Type.String(),
  ports: Type.Array(PortBinding, { description: 'Published now' }),
  mounts: Type.Array(MountStatus),
  paths: Open({ log: Type.String(), resolvConf: Type.String(), hosts: Type.String(), hostname: Type.String() }),
  execIds: Strings,
  sizeRw: Maybe(Int64('Bytes of the writable layer')),
  sizeRootFs: Maybe(Int64('Bytes of the whole tree')),
})
export type Container = Static<typeof Container>
