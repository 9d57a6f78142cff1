import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageVolume } from '@moby/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { FakePlugin, failing } from './testing/fake-plugin.ts'
import { TestShelf } from './testing/shelf.ts'

describe('a volume plugin of Docker as a driver', () => {
  let root: string
  let shelf: TestShelf
  let plugin: FakePlugin
  let mountpoint: string
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'moby-plug-'))
    mountpoint = join(root, 'data-of-v')
    mkdirSync(mountpoint)
    for (const folder of ['plugins', 'data', 'run']) mkdirSync(join(root, folder))
    plugin = await FakePlugin.start(join(root, 'plugins/fake.sock'), ['VolumeDriver'], {
      'VolumeDriver.Create': { Err: '' },
      'VolumeDriver.Get': () => ({ Volume: { Name: 'v', Mountpoint: mountpoint, Status: { a: 1 } }, Err: '' }),
      'VolumeDriver.List': { Volumes: [{ Name: 'v' }, null, { Name: '' }], Err: '' },
      'VolumeDriver.Path': () => ({ Mountpoint: mountpoint }),
      'VolumeDriver.Mount': () => ({ Mountpoint: mountpoint }),
      'VolumeDriver.Unmount': {},
      'VolumeDriver.Remove': {},
      'VolumeDriver.Capabilities': { Capabilities: { Scope: 'GLOBAL' } },
    })
    shelf = new TestShelf(root)
    shelf.shelf.open()
  })
  afterEach(async () => {
    await shelf.shelf.close()
    await plugin.stop()
    rmSync(root, { recursive: true, force: true })
  })
  const driver = () => shelf.driver(storageVolume, 'fake')

  it('is asked in the words of the protocol, to the byte', async () => {
    await driver().create({ name: 'v', options: { size: '1G' } })
    await driver().list({})
    await driver().capabilities({})
    const [activate, create, list, capabilities] = plugin.calls
    expect(plugin.methods.slice(0, 4)).toEqual([
      'Plugin.Activate',
      'VolumeDriver.Create',
      'VolumeDriver.List',
      'VolumeDriver.Capabilities',
    ])
    expect([activate?.text, create?.text, list?.text, capabilities?.text]).toEqual([
      '',
      '{"Name":"v","Opts":{"size":"1G"}}\n',
      '{}\n',
      '{}\n',
    ])
    expect(create?.headers).toEqual({
      host: 'plugin.moby.localhost',
      'user-agent': 'Go-http-client/1.1',
      'content-length': '34',
      accept: 'application/vnd.docker.plugins.v1.2+json',
      connection: 'close',
    })
  })

  it('tells volumes, whatever the case of keys, and leaves out what is none', async () => {
    plugin.answers['VolumeDriver.Get'] = {
      volume: {
        NAME: 'v',
        mountpoint: '/m',
        createdAt: '2024-05-01T10:00:00+02:00',
        status: { deep: { er: 1 } },
        x: 1,
      },
    }
    expect(await driver().get({ name: 'v' })).toEqual({
      volume: { name: 'v', mountpoint: '/m', createdAt: '2024-05-01T08:00:00.000Z', status: { deep: { er: 1 } } },
    })
    expect(await driver().list({})).toEqual({ volumes: [{ name: 'v' }] })
    expect(await driver().capabilities({})).toEqual({ scope: 'global' })
  })

  it('has no volume where the plugin answers an error or nothing, and says its words', async () => {
    plugin.answers['VolumeDriver.Get'] = failing('not one of mine')
    await expect(driver().get({ name: 'v' })).rejects.toMatchObject({
      code: 'VOLUME_NOT_FOUND',
      message: 'The plugin fake has no volume v: not one of mine',
    })
    plugin.answers['VolumeDriver.Get'] = { Volume: null }
    await expect(driver().get({ name: 'v' })).rejects.toMatchObject({ code: 'VOLUME_NOT_FOUND' })
    plugin.answers['VolumeDriver.Remove'] = failing('gone')
    await expect(driver().remove({ name: 'v' })).rejects.toMatchObject({ code: 'VOLUME_NOT_FOUND' })
  })

  it('passes on the errors of a plugin under the name of the method', async () => {
    plugin.answers['VolumeDriver.Create'] = { Err: 'quota is 3' }
    await expect(driver().create({ name: 'v', options: {} })).rejects.toMatchObject({
      code: 'PLUGIN_REFUSED',
      message: 'VolumeDriver.Create: quota is 3',
    })
    plugin.answers['VolumeDriver.Remove'] = failing('volume is in use')
    await expect(driver().remove({ name: 'v' })).rejects.toMatchObject({
      code: 'PLUGIN_REFUSED',
      message: 'VolumeDriver.Remove: volume is in use',
    })
  })

  it('mounts once an id, over a restart of the engine too, and undoes only what it did', async () => {
    expect(await driver().mount({ name: 'v', id: 'c1' })).toEqual({ mountpoint })
    expect(await driver().mount({ name: 'v', id: 'c1' })).toEqual({ mountpoint })
    await shelf.shelf.close()
    shelf = new TestShelf(root)
    shelf.shelf.open()
    expect(await driver().mount({ name: 'v', id: 'c1' })).toEqual({ mountpoint })
    await driver().mount({ name: 'v', id: 'c2' })
    expect(plugin.bodies('VolumeDriver.Mount')).toEqual([
      { Name: 'v', ID: 'c1' },
      { Name: 'v', ID: 'c2' },
    ])
    await driver().unmount({ name: 'v', id: 'c1' })
    await driver().unmount({ name: 'v', id: 'c1' })
    await driver().unmount({ name: 'v', id: 'never' })
    expect(plugin.bodies('VolumeDriver.Unmount')).toEqual([{ Name: 'v', ID: 'c1' }])
  })

  const lies: [string, (root: string) => string][] = [
    ['is empty', () => ''],
    ['is relative', () => 'data'],
    ['takes a detour', (folder) => `${folder}/plugins/../data-of-v`],
    ['is the root of the host', () => '/'],
    ['is a folder of the host', () => '/etc'],
    ['is among the files of the kernel', () => '/proc/self'],
    ['does not exist', (folder) => `${folder}/nothing`],
    ['is a file', (folder) => `${folder}/file`],
    ['is a link', (folder) => `${folder}/link`],
  ]
  it.each(lies)('D12 does not use a mount point that %s, and has it undone', async (_what, path) => {
    writeFileSync(join(root, 'file'), '')
    symlinkSync(mountpoint, join(root, 'link'))
    plugin.answers['VolumeDriver.Mount'] = { Mountpoint: path(root) }
    await expect(driver().mount({ name: 'v', id: 'c1' })).rejects.toMatchObject({
      code: 'PLUGIN_LIED',
      message: expect.stringContaining('The plugin fake says that the volume v is at'),
    })
    expect(plugin.bodies('VolumeDriver.Unmount')).toEqual([{ Name: 'v', ID: 'c1' }])
  })

  it('D3 fails at once when it is away, names plugin, socket and remedy, and works again at once when it is back', async () => {
    await driver().list({})
    await plugin.kill()
    const began = performance.now()
    await expect(driver().list({})).rejects.toMatchObject({
      code: 'PLUGIN_AWAY',
      message: `The plugin fake at ${plugin.socket} is away: nobody listens there`,
      hint: `start the plugin, or remove ${plugin.socket} if it is gone for good`,
    })
    expect(performance.now() - began).toBeLessThan(500)
    expect(shelf.degradations.at(-1)).toContain('is away')
    await plugin.restart()
    expect(await driver().list({})).toEqual({ volumes: [{ name: 'v' }] })
    await eventually(() => expect(shelf.degradations.at(-1)).toBeUndefined())
  })

  it('is waited for when its new socket is there before it listens, and fails at once again when nobody comes', async () => {
    await driver().list({})
    await plugin.kill()
    const listen = plugin.bind()
    const listed = driver().list({})
    setTimeout(() => void listen(), 50)
    expect(await listed).toEqual({ volumes: [{ name: 'v' }] })
    await plugin.kill()
    plugin.bind()
    await expect(driver().list({})).rejects.toMatchObject({ code: 'PLUGIN_AWAY' })
    const began = performance.now()
    await expect(driver().list({})).rejects.toMatchObject({ code: 'PLUGIN_AWAY' })
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('D19 is no driver any more when its socket is gone, but not while something is mounted', async () => {
    await driver().mount({ name: 'v', id: 'c1' })
    await plugin.stop()
    await expect(driver().unmount({ name: 'v', id: 'c1' })).rejects.toMatchObject({ code: 'PLUGIN_AWAY' })
    expect(shelf.offers.has('storage.volume fake')).toBe(true)
    await plugin.restart()
    await eventually(() => driver().unmount({ name: 'v', id: 'c1' }))
    await plugin.stop()
    await eventually(() => expect([...shelf.offers.keys()]).toEqual([]))
  })
})
