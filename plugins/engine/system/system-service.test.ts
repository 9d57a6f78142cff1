import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codedError, implement, runtime, type DriverSet, type Logger } from '@moby/contracts'
import { expect, test } from 'vitest'
import { Clock } from '../clock/clock.ts'
import { EventBus } from '../events/event-bus.ts'
import { EngineMetrics } from '../metrics/engine-metrics.ts'
import { readCgroupSupport } from '../spec/cgroup-support.ts'
import { readHostFacts } from './host-facts.ts'
import { SystemService } from './system-service.ts'

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function unbuilt(): never {
  throw codedError('NOT_SUPPORTED', 'not part of this test')
}

const missing = implement(runtime, new Proxy({} as never, { get: () => unbuilt }))
const runc = { ...missing, info: async () => ({ name: 'runc', version: '1.1.5', path: '/usr/sbin/runc' }) }

function setOf<T extends DriverSet<never>>(handles: Record<string, unknown>): T {
  const list = Object.entries(handles).map(([name, handle]) => ({ name, component: 'moby/test@0.1.0', handle }))
  return {
    list: () => list,
    has: (name: string) => name in handles,
    get: (name: string) => handles[name],
  } as never as T
}

function makeService(events = new EventBus()) {
  return new SystemService({
    instance: { id: '01234567', dataRoot: '/data', runRoot: '/run/x' },
    component: { name: 'moby/engine', version: '0.1.0' },
    assembly: {
      name: 'origin',
      version: '0.1.0',
      members: () => [
        { name: 'engine', component: 'moby/engine', version: '0.1.0', mode: 'module', provides: [], status: 'ready' },
      ],
      watch: () => () => undefined,
    },
    defaults: { storage: 'overlay', log: 'json-file', runtime: 'runc' },
    drivers: {
      storage: setOf({
        overlay: { info: async () => ({ name: 'overlay2', status: [['Backing Filesystem', 'extfs']] }) },
      }),
      volumes: setOf({ local: {} }),
      networks: setOf({ bridge: {}, null: {} }),
      logs: setOf({ 'json-file': {} }),
      runtimes: setOf({ runc, crun: missing }),
    },
    told: () => ({ labels: ['zone=a'], debug: true }),
    usage: { counts: () => ({ total: 4, running: 2, paused: 1, stopped: 1 }) },
    images: () => 7,
    initBinary: () => '/usr/bin/tini',
    cdiSpecDirs: () => [],
    cgroups: { ...readCgroupSupport(), swap: false },
    events,
    clock: new Clock(),
    metrics: new EngineMetrics(),
    log,
  })
}

test('info tells what is there, and leaves out a runtime that does not answer', async () => {
  const info = await makeService().api.info({})
  expect(info).toMatchObject({
    id: '01234567',
    labels: ['zone=a'],
    debug: true,
    containers: 4,
    running: 2,
    paused: 1,
    stopped: 1,
    images: 7,
    storage: { driver: 'overlay', name: 'overlay2', status: [['Backing Filesystem', 'extfs']] },
    logDriver: 'json-file',
    networkDrivers: ['bridge', 'null'],
    runtimes: [{ name: 'runc', version: '1.1.5', path: '/usr/sbin/runc' }],
    dataRoot: '/data',
    limits: { swap: false },
  })
  expect(info.warnings).toContain('WARNING: No swap limit support')
  expect(info.memoryBytes).toBeGreaterThan(1_000_000)
})

test('version tells the components of the assembly and the runtimes', async () => {
  const version = await makeService().api.version({})
  expect(version).toMatchObject({ version: '0.1.0', os: 'linux' })
  expect(version.components).toEqual([
    { name: 'moby/engine', version: '0.1.0', details: { instance: 'engine', mode: 'module', status: 'ready' } },
    { name: 'runc', version: '1.1.5', details: { path: '/usr/sbin/runc' } },
  ])
})

test('events are those of the bus', async () => {
  const events = new EventBus()
  const service = makeService(events)
  const iterator = service.api.events({})[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toEqual({ listening: true })
  expect((await service.api.info({})).eventListeners).toBe(1)
  await iterator.return?.()
})

test('the facts of a host are read from its files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'host-'))
  try {
    await mkdir(join(root, 'etc'))
    await mkdir(join(root, 'proc/sys/net/ipv4'), { recursive: true })
    await writeFile(join(root, 'etc/os-release'), 'NAME=x\nPRETTY_NAME="Some \\"OS\\" 12"\nVERSION_ID=\'12\'\n')
    await writeFile(join(root, 'proc/sys/net/ipv4/ip_forward'), '1\n')
    expect(readHostFacts(root)).toMatchObject({
      operatingSystem: 'Some "OS" 12',
      osVersion: '12',
      ipv4Forwarding: true,
    })
  } finally {
    await rm(root, { recursive: true })
  }
  expect(readHostFacts('/nowhere')).toMatchObject({ operatingSystem: 'Linux', osVersion: '', ipv4Forwarding: false })
})
