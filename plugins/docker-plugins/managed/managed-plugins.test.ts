import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageVolume, type enginePlugins, type Implementation } from '@moby/contracts'
import { makeTar } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { FakeLauncher } from '../testing/fake-launcher.ts'
import { MemoryState } from '../testing/memory-state.ts'
import { TestShelf } from '../testing/shelf.ts'
import { ManagedPlugins } from './managed-plugins.ts'
import { PluginPlaces } from './plugin-places.ts'
import { PluginRunner } from './plugin-runner.ts'

const config = {
  entrypoint: ['/plugin'],
  args: { name: 'args', settable: ['value'], value: ['-x'] },
  interface: { types: ['docker.volumedriver/1.0'], socket: 'all.sock' },
  network: { type: 'host' },
  pidhost: true,
  propagatedMount: '/mnt',
  env: [{ name: 'A', value: '1', settable: ['value'] }],
  mounts: [
    { name: 'data', type: 'bind', source: '/tmp', destination: '/data', options: ['rbind'], settable: ['source'] },
  ],
  linux: { capabilities: ['CAP_SYS_ADMIN'], devices: [{ name: 'null', path: '/dev/null' }] },
}

const archive = (changes = {}, marker = 'one') =>
  makeTar([
    { name: 'config.json', content: JSON.stringify({ ...config, ...changes }) },
    { name: 'rootfs', type: 'directory' },
    { name: 'rootfs/marker', content: marker },
    { name: 'rootfs/linked', type: 'hard-link', linkName: 'rootfs/marker' },
    { name: 'elsewhere', content: 'not of the plugin' },
  ])

describe('managed plugins', () => {
  let root: string
  let state: MemoryState
  let launcher: FakeLauncher
  let shelf: TestShelf
  let managed: ManagedPlugins | undefined
  let places: PluginPlaces

  async function open(withLauncher = true): Promise<Implementation<typeof enginePlugins>> {
    shelf = new TestShelf(root, { waitMs: 200 })
    shelf.shelf.open()
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
    const runner = new PluginRunner({
      launcher: withLauncher ? launcher.api : undefined,
      places,
      home: shelf.shelf,
      log,
    })
    const sources = { get: () => undefined as never, has: () => false, list: () => [] }
    managed = await ManagedPlugins.open({ store: state.api, sources, places, runner, version: '0.1.0', log })
    return managed.api
  }
  async function close(): Promise<void> {
    await shelf.shelf.close()
    await managed?.close()
    managed = undefined
  }
  async function* bytes(content: Uint8Array) {
    yield content
  }
  const create = (api: Implementation<typeof enginePlugins>, name = 'all', changes = {}, marker = 'one') =>
    api.create({ name }, bytes(archive(changes, marker)))
  const folders = () => readdirSync(places.plugins)
  const blobs = () => readdirSync(join(places.blobs, 'sha256'))

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mp-'))
    for (const folder of ['plugins', 'data', 'run']) mkdirSync(join(root, folder))
    state = new MemoryState()
    launcher = new FakeLauncher()
    launcher.answers = {
      'VolumeDriver.Create': {},
      'VolumeDriver.Remove': {},
      'VolumeDriver.Unmount': {},
      'VolumeDriver.Get': { Volume: { Name: 'v', Mountpoint: '/mnt/v' } },
      'VolumeDriver.Mount': { Mountpoint: '/mnt/v' },
    }
    places = new PluginPlaces({ data: join(root, 'data'), run: join(root, 'run') })
  })
  afterEach(async () => {
    if (managed !== undefined) await close()
    rmSync(root, { recursive: true, force: true })
  })

  it('run with what their config and settings say, and are drivers under their names', async () => {
    const api = await open()
    const { id } = await create(api)
    expect(
      readFileSync(join(places.of({ id }), (folders(), readdirSync(places.of({ id }))[0] ?? ''), 'linked'), 'utf8'),
    ).toBe('one')
    await api.set({ ref: 'all', settings: ['A=2', 'args=-y z', 'data.source=/var'] })
    await api.enable({ ref: 'all', timeoutSeconds: 5 })
    const [launch] = launcher.launches
    expect(launch).toMatchObject({
      command: ['/plugin', '-y', 'z'],
      environment: { A: '2' },
      folders: [],
      grants: { network: 'host', devices: [{ path: '/dev/null', access: 'rwm' }] },
      foreign: {
        writableRoot: true,
        hostPid: true,
        hostIpc: false,
        allDevices: false,
        sharedFolders: [{ source: places.propagated({ id }), target: '/mnt' }],
      },
    })
    expect(launch?.grants.capabilities).toEqual(expect.arrayContaining(['CAP_CHOWN', 'CAP_SYS_ADMIN']))
    expect(launch?.grants.capabilities).not.toContain('CAP_NET_ADMIN')
    expect(launch?.foreign?.mounts?.map(({ source, target }) => `${source} ${target}`)).toEqual([
      '/var /data',
      `${places.sockets({ id })} /run/docker/plugins`,
      `${places.fifos({ id })} /run/docker/logging`,
      '/etc/hosts /etc/hosts',
      '/etc/resolv.conf /etc/resolv.conf',
    ])
    const driver = shelf.driver(storageVolume, 'all:latest')
    await driver.create({ name: 'v', options: {} })
    mkdirSync(join(places.propagated({ id }), 'v'))
    expect(await driver.mount({ name: 'v', id: 'me' })).toEqual({ mountpoint: join(places.propagated({ id }), 'v') })
    await expect(api.disable({ ref: 'all' })).rejects.toMatchObject({ code: 'PLUGIN_IN_USE' })
    await driver.unmount({ name: 'v', id: 'me' })
    await driver.remove({ name: 'v' })
    await api.disable({ ref: id.slice(0, 8) })
    expect([...shelf.offers.keys()]).toEqual([])
    expect(launcher.running.size).toBe(0)
    await api.remove({ ref: 'all' })
    expect([folders(), blobs(), existsSync(places.run({ id }))]).toEqual([[], [], false])
  })

  it('may not lead to files of the host by links of theirs', async () => {
    const api = await open()
    const { id } = await create(api)
    await api.enable({ ref: 'all' })
    mkdirSync(join(root, 'outside/folder'), { recursive: true })
    symlinkSync(join(root, 'outside'), join(places.propagated({ id }), 'v'))
    launcher.plugin.answers['VolumeDriver.Mount'] = { Mountpoint: '/mnt/v/folder' }
    await expect(shelf.driver(storageVolume, 'all:latest').mount({ name: 'v', id: 'me' })).rejects.toMatchObject({
      code: 'PLUGIN_LIED',
    })
  })

  it('are told which volumes are in use when they start again, by themselves or with the engine', async () => {
    let api = await open()
    const { id } = await create(api)
    await api.enable({ ref: 'all' })
    mkdirSync(join(places.propagated({ id }), 'v'))
    await shelf.driver(storageVolume, 'all:latest').mount({ name: 'v', id: 'me' })
    const told = () => launcher.plugin.bodies('VolumeDriver.Mount')
    await launcher.end()
    await eventually(() => expect([launcher.launches.length, told()]).toEqual([2, [{ Name: 'v', ID: 'me' }]]))
    await close()
    api = await open()
    await eventually(() => expect([launcher.launches.length, told()]).toEqual([3, [{ Name: 'v', ID: 'me' }]]))
    await expect(api.remove({ ref: 'all' })).rejects.toMatchObject({ code: 'PLUGIN_IN_USE' })
    await api.remove({ ref: 'all', force: true })
    expect(
      await api
        .create({ name: 'all' }, bytes(archive()))
        .then(() => api.disable({ ref: 'all' }), String)
        .catch((error: unknown) => error),
    ).toMatchObject({
      code: 'PLUGIN_DISABLED',
    })
  })

  it('that end at their start fail with their last words, and stay disabled', async () => {
    const api = await open()
    await create(api)
    launcher.failure = { status: 3, words: 'no such database' }
    await expect(api.enable({ ref: 'all' })).rejects.toMatchObject({
      code: 'PLUGIN_START_FAILED',
      message: expect.stringContaining('it ended with exit status 3: no such database') as string,
    })
    expect((await api.inspect({ ref: 'all' })).enabled).toBe(false)
    expect([...shelf.offers.keys()]).toEqual([])
    expect(launcher.running.size).toBe(0)
  })

  it('are refused when their archive ends too early, wherever that is', async () => {
    const api = await open()
    const whole = archive()
    for (const length of [300, 600, whole.length - 1500]) {
      await expect(api.create({ name: 'cut' }, bytes(whole.subarray(0, length)))).rejects.toMatchObject({
        code: 'ARCHIVE_TRUNCATED',
      })
    }
    expect(await api.list({})).toMatchObject({ plugins: [] })
  })

  it('cannot be enabled without a launcher, which is told with the remedy, and can all else', async () => {
    const api = await open(false)
    await create(api)
    await expect(api.enable({ ref: 'all' })).rejects.toMatchObject({
      code: 'PLUGIN_LAUNCHER_MISSING',
      hint: expect.stringContaining('moby/launcher-runc') as string,
    })
    await api.remove({ ref: 'all' })
  })

  it('that want what is not there are told how to name another', async () => {
    const api = await open()
    await create(api)
    await api.set({ ref: 'all', settings: ['data.source=/no/such'] })
    await expect(api.enable({ ref: 'all' })).rejects.toThrow('docker plugin set all:latest data.source=FOLDER')
  })

  it.each([
    ['a mount over its root', { propagatedMount: '/x/..' }],
    ['a mount at no place', { mounts: [{ name: 'm', type: 'tmpfs', source: 'tmpfs', destination: 'here' }] }],
    ['a socket elsewhere', { interface: { types: [], socket: '../other.sock' } }],
    ['another protocol', { interface: { types: [], socket: 'a.sock', protocolScheme: 'grpc' } }],
    ['no command', { entrypoint: [], args: {} }],
    ['a device without a path', { linux: { devices: [{ name: 'd', path: null }] } }],
  ])('that want %s are refused before anything is started', async (_what, changes) => {
    const api = await open()
    await create(api, 'odd', changes)
    await expect(api.enable({ ref: 'odd' })).rejects.toMatchObject({ code: 'PLUGIN_CONFIG_UNSUPPORTED' })
    expect([launcher.launches.length, shelf.offers.size]).toEqual([0, 0])
  })

  it.each([
    ['create', 1, false],
    ['create', 1, true],
    ['remove', 2, false],
    ['remove', 2, true],
    ['enable', 2, false],
    ['enable', 2, true],
    ['disable', 3, false],
    ['disable', 3, true],
  ])(
    'are there as a whole or not at all when the engine dies during %s (commit %i, done: %s)',
    async (_name, commit, done) => {
      state.dieAt = { commit, done }
      const api = await open()
      const steps = [
        () => create(api),
        () => (_name === 'remove' ? api.remove({ ref: 'all' }) : api.enable({ ref: 'all' })),
        () => api.disable({ ref: 'all' }),
      ]
      await (async () => {
        for (const step of steps.slice(0, commit)) await step()
      })().catch(() => undefined)
      expect(state.commits).toBe(commit)
      await close()
      const again = await open()
      const { plugins } = await again.list({})
      const isThere = _name === 'create' ? done : !(_name === 'remove' && done)
      expect([plugins.length, folders().length]).toEqual(isThere ? [1, 1] : [0, 0])
      expect(blobs().length).toBe(isThere ? 3 : 0)
      const enabled = plugins[0]?.enabled === true
      expect(enabled).toBe((_name === 'enable' && done) || (_name === 'disable' && !done))
      if (enabled) await eventually(() => expect(launcher.running.size).toBe(1))
      else if (isThere) await again.enable({ ref: 'all' })
    },
  )
})
