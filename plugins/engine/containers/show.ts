import type { Container, ContainerState, EndpointStatus, MountStatus } from '@moby/contracts'
import { join } from 'node:path'
import type { NetworkStore } from '../networks/network-store.ts'
import { dnsNamesOf } from '../networks/endpoint-names.ts'
import type { ContainerContext } from './container-context.ts'
import { ContainerPaths } from './container-paths.ts'
import { linkedContainers } from './linked-containers.ts'
import { noLog } from './open-output.ts'
import type { ContainerRecord, EndpointRecord, MountRecord } from './container-record.ts'

type ShowContext = Pick<
  ContainerContext,
  'folders' | 'lives' | 'storage' | 'logs' | 'runtimes' | 'networking' | 'networks' | 'store'
>

/** What the engine tells about a container, from its record and what is live of it. */
export function showContainer(context: ShowContext, record: ContainerRecord): Container {
  const paths = new ContainerPaths(context.folders, record.id)
  const live = context.lives.of(record.id)
  return {
    id: record.id,
    name: record.name,
    createdAt: record.createdAt,
    spec: record.spec,
    ...(record.frontend === undefined ? {} : { frontend: record.frontend }),
    image: { id: record.image.id, reference: record.image.reference },
    process: record.process,
    state: showState(context, record),
    drivers: record.drivers,
    networks: record.endpoints.map((endpoint) => showEndpoint(context.networks, record, endpoint)),
    ...showLinks(context, record),
    sandboxId: record.sandboxId,
    sandboxKey: record.sandboxId === '' ? '' : context.networking.sandboxes.keyOf(record.sandboxId),
    ports: record.endpoints.flatMap(({ live }) => [...(live?.ports ?? [])]),
    mounts: record.mounts.map((mount, index) => showMount(mount, join(paths.mounts, `${index}`))),
    paths: { log: record.logPath, resolvConf: paths.resolvConf, hosts: paths.hosts, hostname: paths.hostname },
    execIds: [...live.execs.values()].filter((exec) => exec.status === 'running').map((exec) => exec.id),
  }
}

function showLinks(context: ShowContext, record: ContainerRecord): Pick<Container, 'links'> {
  const links = linkedContainers(context, record)
  return links.length === 0 ? {} : { links: links.map(({ container: { name }, alias }) => ({ name, alias })) }
}

function showState(context: ShowContext, record: ContainerRecord): ContainerState {
  const waitingFor = missingDriver(context, record)
  const health = context.lives.of(record.id).health?.show()
  return {
    status: statusForUsers(record),
    pid: record.pid,
    exitCode: record.exitCode,
    oomKilled: record.oomKilled,
    error: record.error,
    ...(record.startedAt === undefined ? {} : { startedAt: record.startedAt }),
    ...(record.finishedAt === undefined ? {} : { finishedAt: record.finishedAt }),
    restartCount: record.restartCount,
    ...(waitingFor === undefined ? {} : { waitingFor }),
    ...(health === undefined ? {} : { health }),
  }
}

/** A container that is just being made or started shows what it was before. */
export function statusForUsers({ status, statusBeforeStart }: ContainerRecord): ContainerState['status'] {
  if (status === 'creating') return 'created'
  return status === 'starting' ? (statusBeforeStart ?? 'created') : status
}

/** Why nothing can be done with a container: a driver that it needs is not in the assembly. */
function missingDriver(context: ShowContext, { drivers }: ContainerRecord): string | undefined {
  if (!context.storage.has(drivers.storage)) return `waiting for storage.layers driver "${drivers.storage}"`
  if (!context.runtimes.has(drivers.runtime)) return `waiting for runtime driver "${drivers.runtime}"`
  if (drivers.log !== noLog && !context.logs.has(drivers.log)) return `waiting for log.driver driver "${drivers.log}"`
  return undefined
}

function showEndpoint(
  networks: NetworkStore,
  record: ContainerRecord,
  { networkId, spec, live }: EndpointRecord,
): EndpointStatus {
  const network = networks.get(networkId)
  return {
    networkId,
    networkName: network?.name ?? spec.network,
    endpointId: live?.endpointId ?? '',
    address: live?.address ?? '',
    gateway: live?.gateway ?? '',
    addressIpv6: live?.addressIpv6 ?? '',
    gatewayIpv6: live?.gatewayIpv6 ?? '',
    // What was asked for, until the first run; after a run there is none, as Docker tells it.
    macAddress: live?.macAddress ?? (record.startedAt === undefined ? spec.macAddress : undefined) ?? '',
    aliases: [...(spec.aliases ?? [])],
    dnsNames: network?.predefined === false ? dnsNamesOf(record, spec) : [],
    ...(spec.driverOptions === undefined ? {} : { driverOptions: spec.driverOptions }),
    spec,
  }
}

/** `point` is where an image is mounted while the container runs. */
function showMount({ spec, target, volume, image }: MountRecord, point: string): MountStatus {
  const { type, source = '' } = spec
  return {
    type,
    ...(volume === undefined ? {} : { name: volume.name, driver: volume.driver }),
    ...(image === undefined ? {} : { name: source }),
    source: volume?.path ?? (image === undefined ? source : point),
    target,
    mode: spec.readOnly === true && (type === 'bind' || type === 'volume') ? 'ro' : '',
    writable: type !== 'image' && spec.readOnly !== true,
    propagation: type === 'bind' || type === 'image' ? (spec.propagation ?? 'rprivate') : '',
  }
}
