import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  codedError,
  logDriver,
  networkDriver,
  networkIpam,
  runtime,
  stateStore,
  storageLayers,
  storageVolume,
  type ItemOf,
  type engineContainers,
  type ContainerSpec,
  type engineVolumes,
  type Implementation,
  type Logger,
  type StopReason,
} from '@moby/contracts'
import ipamPool from '../../../plugins/ipam-pool/index.ts'
import logJsonFile from '../../../plugins/log-json-file/index.ts'
import networkBridge from '../../../plugins/network-bridge/index.ts'
import networkHost from '../../../plugins/network-host/index.ts'
import networkNone from '../../../plugins/network-none/index.ts'
import runtimeShim from '../../../plugins/runtime-shim/index.ts'
import stateSqlite from '../../../plugins/state-sqlite/index.ts'
import volumeLocal from '../../../plugins/volume-local/index.ts'
import { Clock } from '../../../plugins/engine/clock/clock.ts'
import type { ContainerRecord } from '../../../plugins/engine/containers/container-record.ts'
import { ContainerStore } from '../../../plugins/engine/containers/container-store.ts'
import { assembleEngine, type Engine } from '../../../plugins/engine/engine.ts'
import { EventBus } from '../../../plugins/engine/events/event-bus.ts'
import { EngineMetrics } from '../../../plugins/engine/metrics/engine-metrics.ts'
import type { NetworkRecord } from '../../../plugins/engine/networks/network-record.ts'
import { ContainerOutput } from '../../../plugins/engine/output/container-output.ts'
import type { ForgottenLog } from '../../../plugins/engine/output/forgotten-logs.ts'
import { Table } from '../../../plugins/engine/store/table.ts'
import { VolumeService } from '../../../plugins/engine/volumes/volume-service.ts'
import type { VolumeRecord } from '../../../plugins/engine/volumes/volume-record.ts'
import { busyboxChain, busyboxLayers } from './busybox-layers.ts'
import { ComponentDrivers } from './component-drivers.ts'

export interface BootedEngine {
  readonly engine: Engine
  readonly events: EventBus
  readonly store: ContainerStore
  readonly volumes: Implementation<typeof engineVolumes>
  readonly root: string
  readonly problems: string[]
  stop(reason: StopReason): Promise<void>
}

/** An engine over the real drivers, in this process, on a folder of the test's. */
export async function bootEngine(root: string): Promise<BootedEngine> {
  const problems: string[] = []
  const note = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void problems.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const log: Logger = { debug: () => undefined, info: () => undefined, warn: note('warn'), error: note('error') }
  const id = instanceIdOf(root)
  const components = new ComponentDrivers({ id, dataRoot: join(root, 'd'), runRoot: join(root, 'r') }, log)
  await components.add('state', stateSqlite, { config: { retainedRevisions: 1000 } })
  await components.add('ipam', ipamPool, { driver: 'default' })
  await components.add('bridge', networkBridge, { config: { firewall: 'auto' } })
  await components.add('host', networkHost)
  await components.add('none', networkNone, { driver: 'null' })
  await components.add('json-file', logJsonFile)
  await components.add('local', volumeLocal)
  await components.add('runc', runtimeShim, {
    config: { shim: 'io.containerd.runc.v2', binary: 'runc', args: [], systemdCgroup: false },
  })
  components.provide(storageLayers.id, 'overlay', busyboxLayers(components.folders('layers').data))
  const store = components.context('engine', {}).one(stateStore)
  const clock = new Clock()
  const events = new EventBus({ clock })
  const table = await Table.load<ContainerRecord>(store, 'containers')
  const containers = new ContainerStore(table)
  const logs = components.set(logDriver)
  const volumes = new VolumeService({
    table: await Table.load<VolumeRecord>(store, 'volumes'),
    drivers: components.set(storageVolume),
    driversAway: () => [],
    defaultDriver: 'local',
    usage: containers,
    events,
    clock,
    log,
  })
  const engine = assembleEngine({
    instance: { id, dataRoot: join(root, 'd'), runRoot: join(root, 'r') },
    config: {
      logDriver: 'json-file',
      logOptions: {},
      runtime: 'runc',
      volumeDriver: 'local',
      ipamDriver: 'default',
      bridge: {},
      maxConcurrentDownloads: 6,
      maxConcurrentUploads: 5,
      partialContentHours: 24,
      stopTimeout: 10,
      shmSizeBytes: 64 << 20,
      cdiSpecDirs: [],
      labels: [],
      debug: false,
      dns: [],
      dnsSearch: [],
      dnsOptions: [],
      ulimits: [],
      init: false,
      noNewPrivileges: false,
    },
    folders: components.folders('engine'),
    log,
    clock,
    events,
    metrics: new EngineMetrics(),
    forgottenLogs: await Table.load<ForgottenLog>(store, 'forgotten-logs'),
    containers: { table, store: containers },
    networks: await Table.load<NetworkRecord>(store, 'networks'),
    images: {
      resolve: (ref) => {
        if (ref !== 'busybox') throw codedError('IMAGE_NOT_FOUND', `No such image: ${ref}`)
        return {
          id: busyboxChain,
          config: { Env: ['PATH=/bin'], Cmd: ['sh'] },
          chainId: busyboxChain,
          storage: 'overlay',
          tags: ['busybox:latest'],
          os: 'linux',
          architecture: 'amd64',
        }
      },
      extend: async () => {
        throw codedError('NOT_SUPPORTED', 'There are no images here to extend')
      },
    },
    volumes,
    volumePath: async (name) => (await volumes.api.inspect({ name })).mountpoint,
    openOutput: ({ log: target, ...request }) =>
      ContainerOutput.open({
        ...request,
        clock,
        logger: log,
        ...(target === undefined
          ? {}
          : { log: { driver: logs.get(target.driver), logId: target.logId, info: target.info } }),
      }),
    drivers: {
      storage: components.set(storageLayers),
      network: components.set(networkDriver),
      ipam: components.set(networkIpam),
      log: logs,
      runtime: components.set(runtime),
    },
  })
  await volumes.reconcile()
  await engine.start()
  return {
    engine,
    events,
    store: containers,
    volumes: volumes.api,
    root,
    problems,
    stop: async (reason) => {
      await engine.stop(reason)
      for (const { component } of components.running.toReversed()) await component.stop?.(reason)
    },
  }
}

export function instanceIdOf(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 8)
}

export function makeRoot(): string {
  return mkdtempSync(join(tmpdir(), 'me-'))
}

export function removeRoot(root: string): void {
  rmSync(root, { recursive: true, force: true })
}

export async function* noInput(): AsyncIterable<Uint8Array> {}

export interface RunResult {
  readonly id: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** `docker run`: create, wait, attach, start, in the order of the docker CLI. */
export async function run(
  { engine }: Pick<BootedEngine, 'engine'>,
  command: string[],
  spec: Partial<ContainerSpec> = {},
  input: AsyncIterable<Uint8Array> = noInput(),
): Promise<RunResult> {
  const { id } = await engine.containers.create({ spec: { image: 'busybox', command, ...spec } })
  const condition = spec.autoRemove === true ? 'removed' : 'next-exit'
  const waiting = engine.containers.wait({ ref: id, condition })[Symbol.asyncIterator]()
  await waiting.next()
  const stdin = spec.openStdin === true
  const attached = engine.containers.attach({ ref: id, stdin, stdout: true, stderr: true, stream: true }, input)
  const items = attached[Symbol.asyncIterator]()
  await items.next()
  const output = collect({ [Symbol.asyncIterator]: () => items })
  try {
    await engine.containers.start({ ref: id })
  } catch (error) {
    await items.return?.()
    await waiting.return?.()
    throw error
  }
  const { stdout, stderr } = await output
  const ended = await waiting.next()
  const { exitCode = -1 } = ended.value as ItemOf<typeof engineContainers, 'wait'>
  await waiting.return?.()
  return { id, exitCode, stdout, stderr }
}

export async function collect(items: AsyncIterable<{ stream?: 'stdout' | 'stderr'; data?: Uint8Array }>) {
  const text = { stdout: '', stderr: '' }
  for await (const { stream, data } of items) {
    if (stream !== undefined && data !== undefined) text[stream] += Buffer.from(data).toString()
  }
  return text
}
