import { HealthConfig } from '../../schemas/config.ts'
import { HostConfig } from '../../schemas/host-config.ts'
import { anyObject, flag, int64, list, mapOf, moment, object, orNull, text, textMap, texts, words } from './schema.ts'
import { nullable } from './nullable.ts'

const Status = words('created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead')

export const MountPoint = object(
  { Type: text, Source: text, Destination: text, Mode: text, RW: flag, Propagation: text },
  { Name: text, Driver: text },
)

const ipamConfig = object({}, { IPv4Address: text, IPv6Address: text, LinkLocalIPs: texts })

/** Of an endpoint; those of the default bridge stand at the top of the settings, too. */
const addresses = {
  EndpointID: text,
  Gateway: text,
  IPAddress: text,
  IPPrefixLen: int64,
  IPv6Gateway: text,
  GlobalIPv6Address: text,
  GlobalIPv6PrefixLen: int64,
  MacAddress: text,
}

export const EndpointSettings = object({
  IPAMConfig: orNull(ipamConfig),
  Links: orNull(texts),
  Aliases: orNull(texts),
  DriverOpts: orNull(textMap),
  GwPriority: int64,
  NetworkID: text,
  DNSNames: orNull(texts),
  ...addresses,
})

export const HealthProbe = object({ Start: moment, End: moment, ExitCode: int64, Output: text })

export const ContainerState = object(
  {
    Status,
    Running: flag,
    Paused: flag,
    Restarting: flag,
    OOMKilled: flag,
    Dead: flag,
    Pid: int64,
    ExitCode: int64,
    Error: text,
    StartedAt: moment,
    FinishedAt: moment,
  },
  {
    Health: object({
      Status: words('starting', 'healthy', 'unhealthy'),
      FailingStreak: int64,
      Log: list(HealthProbe),
    }),
  },
)

const portBinding = object({ HostIp: text, HostPort: text })

export const NetworkSettings = object({
  Bridge: text,
  SandboxID: text,
  SandboxKey: text,
  Ports: mapOf(orNull(list(portBinding))),
  HairpinMode: flag,
  LinkLocalIPv6Address: text,
  LinkLocalIPv6PrefixLen: int64,
  SecondaryIPAddresses: { type: 'null' },
  SecondaryIPv6Addresses: { type: 'null' },
  ...addresses,
  Networks: mapOf(EndpointSettings),
})

const GraphDriver = object({ Data: orNull(textMap), Name: text })

const strings = orNull(texts)
const sets = orNull(mapOf(anyObject))

/** What a container was created with, as it is told: lists that requests may give as one word are lists here. */
const ContainerConfig = object(
  {
    Hostname: text,
    Domainname: text,
    User: text,
    AttachStdin: flag,
    AttachStdout: flag,
    AttachStderr: flag,
    Tty: flag,
    OpenStdin: flag,
    StdinOnce: flag,
    Env: strings,
    Cmd: strings,
    Image: text,
    Volumes: sets,
    WorkingDir: text,
    Entrypoint: strings,
    OnBuild: strings,
    Labels: textMap,
  },
  {
    ExposedPorts: sets,
    Healthcheck: HealthConfig.schema,
    ArgsEscaped: flag,
    NetworkDisabled: flag,
    MacAddress: text,
    StopSignal: text,
    StopTimeout: int64,
    Shell: strings,
  },
)

/** Null in each place where requests may leave something out. */
const HostConfigAnswer = nullable(HostConfig.schema)

export const ContainerInspect = object(
  {
    Id: text,
    Created: moment,
    Path: text,
    Args: texts,
    State: ContainerState,
    Image: text,
    ResolvConfPath: text,
    HostnamePath: text,
    HostsPath: text,
    LogPath: text,
    Name: text,
    RestartCount: int64,
    Driver: text,
    Platform: text,
    MountLabel: text,
    ProcessLabel: text,
    AppArmorProfile: text,
    ExecIDs: orNull(texts),
    HostConfig: HostConfigAnswer,
    GraphDriver,
    Mounts: list(MountPoint),
    Config: ContainerConfig,
    NetworkSettings,
  },
  { SizeRw: int64, SizeRootFs: int64 },
)

export const Port = object({ PrivatePort: int64, Type: words('tcp', 'udp', 'sctp') }, { IP: text, PublicPort: int64 })

export const ContainerSummary = object(
  {
    Id: text,
    Names: texts,
    Image: text,
    ImageID: text,
    Command: text,
    Created: int64,
    Ports: list(Port),
    Labels: textMap,
    State: Status,
    Status: text,
    HostConfig: object({ NetworkMode: text }, { Annotations: textMap }),
    NetworkSettings: object({ Networks: mapOf(EndpointSettings) }),
    Mounts: list(MountPoint),
  },
  { SizeRw: int64, SizeRootFs: int64 },
)

export const ContainerCreated = object({ Id: text, Warnings: texts })
export const ContainerUpdated = object({ Warnings: orNull(texts) })
export const ContainerTop = object({ Titles: texts, Processes: list(texts) })
export const ContainerWait = object({ StatusCode: int64 }, { Error: object({ Message: text }) })
export const Change = object({ Path: text, Kind: { type: 'integer', enum: [0, 1, 2] } })
export const ContainersPruned = object({ ContainersDeleted: orNull(texts), SpaceReclaimed: int64 })
export const IdAnswer = object({ Id: text })

export const ExecInspect = object({
  ID: text,
  Running: flag,
  ExitCode: orNull(int64),
  ProcessConfig: object({ tty: flag, entrypoint: text, arguments: texts, privileged: flag }, { user: text }),
  OpenStdin: flag,
  OpenStderr: flag,
  OpenStdout: flag,
  CanRemove: flag,
  ContainerID: text,
  DetachKeys: text,
  Pid: int64,
})
