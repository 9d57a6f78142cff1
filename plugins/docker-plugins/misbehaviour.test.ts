import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { authAuthorize, logDriver, networkDriver, storageVolume } from '@moby/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { FakePlugin } from './testing/fake-plugin.ts'
import { TestShelf } from './testing/shelf.ts'

describe('a plugin that misbehaves', () => {
  let root: string
  let shelf: TestShelf
  let plugin: FakePlugin
  const listDeadline = 1_500
  /** Milliseconds by which a busy host may be late. What waits for a plugin that hangs never ends. */
  const late = 20_000
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'moby-plug-'))
    for (const folder of ['plugins', 'data', 'run']) mkdirSync(join(root, folder))
    plugin = await FakePlugin.start(join(root, 'plugins/fake.sock'), ['VolumeDriver'], {
      'VolumeDriver.List': { Volumes: [{ Name: 'v' }] },
      'VolumeDriver.Create': {},
    })
    shelf = new TestShelf(root, {
      deadlines: { 'VolumeDriver.List': listDeadline, 'mute/Plugin.Activate': 150, 'VolumeDriver.Path': 20_000 },
    })
    shelf.shelf.open()
  })
  afterEach(async () => {
    await shelf.shelf.close()
    await plugin.stop()
    rmSync(root, { recursive: true, force: true })
  })
  const driver = () => shelf.driver(storageVolume, 'fake')
  const list = async () => await driver().list({})
  async function timed(work: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
    const began = performance.now()
    const error: unknown = await work.then(
      () => undefined,
      (failure: unknown) => failure,
    )
    return { error, ms: performance.now() - began }
  }

  it('D1 and never answers the handshake holds nobody up, and says so by name and time', async () => {
    const silent = createServer(() => undefined)
    silent.listen(join(root, 'plugins/mute.sock'))
    const { error, ms } = await timed(shelf.driver(storageVolume, 'mute').list({}))
    expect(error).toMatchObject({
      code: 'PLUGIN_SILENT',
      message: expect.stringMatching(/The plugin mute at .*mute\.sock did not answer Plugin\.Activate within 150 ms/),
    })
    expect(ms).toBeLessThan(late)
    expect(await list()).toEqual({ volumes: [{ name: 'v' }] })
    expect([...shelf.offers.keys()]).toEqual(['storage.volume fake'])
    silent.close()
  })

  it('D2 and hangs in a call is left after the deadline, fails at once from then on, and is taken back when it answers', async () => {
    let hangs = true
    const activation = plugin.answers['Plugin.Activate'] as object
    plugin.answers['Plugin.Activate'] = () => (hangs ? undefined : activation)
    plugin.answers['VolumeDriver.List'] = () => (hangs ? undefined : { Volumes: [] })
    hangs = false
    await list()
    hangs = true
    const first = await timed(list())
    expect(first.error).toMatchObject({ code: 'PLUGIN_SILENT', message: expect.stringContaining('VolumeDriver.List') })
    expect(first.ms).toBeGreaterThanOrEqual(listDeadline - 5)
    expect(first.ms).toBeLessThan(listDeadline + late)
    const asked = plugin.bodies('VolumeDriver.List').length
    const second = await timed(list())
    expect(second.error).toMatchObject({
      code: 'PLUGIN_SILENT',
      message: expect.stringContaining('has not answered since'),
    })
    // It was not asked at all.
    expect(plugin.bodies('VolumeDriver.List')).toHaveLength(asked)
    hangs = false
    await eventually(async () => expect(await list()).toEqual({ volumes: [] }))
  })

  it('is given up when the caller gives up', async () => {
    await list()
    plugin.answers['VolumeDriver.List'] = () => undefined
    const { error } = await timed(driver().list({}, { signal: AbortSignal.timeout(50) }))
    expect(error).toMatchObject({ code: 'CANCELLED' })
  })

  const garbage: [string, string | Buffer, string][] = [
    ['HTML', '<html>nginx</html>', 'what is no JSON: \\"<html>nginx</html>\\"'],
    ['bytes', Buffer.from([0xff, 0xfe, 0]), 'what is no JSON'],
    ['half an answer', '{"Volumes":[', 'what is no JSON'],
    ['another type', '{"Volumes":{"a":1}}', '/Volumes is an object, not a list'],
    ['a number', '7', 'the body is a number, not an object'],
    ['a text for a list item', '{"Volumes":["v"]}', '/Volumes/0 is a string, not an object'],
    ['a name of another type', '{"Volumes":[{"Name":7}]}', '/Volumes/0/Name is a number, not a text'],
    ['a name without end', `{"Volumes":[{"Name":"${'x'.repeat(5000)}"}]}`, '/Volumes/0/Name has 5000 characters'],
    ['a depth bomb', `{"Volumes":${'['.repeat(100_000)}`, 'what is no JSON'],
  ]
  it.each(garbage)('D5 and answers %s is told as such, with the first bytes', async (_what, body, words) => {
    plugin.answers['VolumeDriver.List'] = (_call, response) => void response.end(body)
    const { error } = await timed(list())
    expect(error).toMatchObject({ code: 'PLUGIN_ANSWER_INVALID' })
    expect(JSON.stringify((error as Error).message)).toContain(words)
  })

  it('D5 and answers nothing at all is an empty answer, as in Go', async () => {
    plugin.answers['VolumeDriver.List'] = (_call, response) => void response.end()
    expect(await list()).toEqual({ volumes: [] })
  })

  it.each([
    ['about one volume', 'VolumeDriver.Path', 1_048_576, () => driver().path({ name: 'v' })],
    ['with its list', 'VolumeDriver.List', 8_388_608, list],
  ])('D6 and answers %s without end is cut off', async (_what, method, limit, ask) => {
    let sent = 0
    plugin.answers[method] = async (_call, response) => {
      while (!response.destroyed && sent < 200 * 1024 * 1024) {
        sent += 64 * 1024
        response.write(Buffer.alloc(64 * 1024, 'x'))
        await sleep(0)
      }
    }
    const { error } = await timed(ask())
    expect(error).toMatchObject({
      code: 'PLUGIN_ANSWER_INVALID',
      message: expect.stringContaining(`with more than ${limit} bytes`),
    })
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  it('D7 and answers a byte at a time is cut off at the deadline', async () => {
    plugin.answers['VolumeDriver.List'] = async (_call, response) => {
      while (!response.destroyed) {
        response.write(' ')
        await sleep(20)
      }
    }
    const { error, ms } = await timed(list())
    expect(error).toMatchObject({ code: 'PLUGIN_SILENT' })
    expect(ms).toBeLessThan(listDeadline + late)
  })

  it('and speaks no HTTP is told as such', async () => {
    const strange: Server = createServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n'))
    strange.listen(join(root, 'plugins/strange.sock'))
    const { error } = await timed(shelf.driver(storageVolume, 'strange').list({}))
    expect(error).toMatchObject({ code: 'PLUGIN_ANSWER_INVALID', message: expect.stringContaining('what is no HTTP') })
    strange.close()
  })

  it('D3 and dies during a call is away, and the call is not tried again', async () => {
    plugin.answers['VolumeDriver.Create'] = (_call, response) => void response.destroy()
    const { error } = await timed(driver().create({ name: 'v', options: {} }))
    expect(error).toMatchObject({
      code: 'PLUGIN_AWAY',
      message: expect.stringContaining('it closed the connection during VolumeDriver.Create'),
      details: { sent: true },
    })
    expect(plugin.bodies('VolumeDriver.Create')).toHaveLength(1)
  })

  it('D10 and lacks what it claims is an error of that call alone', async () => {
    const { error } = await timed(driver().remove({ name: 'v' }))
    expect(error).toMatchObject({ code: 'VOLUME_NOT_FOUND' })
    expect(await list()).toEqual({ volumes: [{ name: 'v' }] })
  })

  it('D10 and does not speak a protocol is no driver of it', async () => {
    const { error } = await timed(shelf.driver(networkDriver, 'fake').capabilities({}))
    expect(error).toMatchObject({
      code: 'PLUGIN_PROTOCOL_MISSING',
      message: expect.stringContaining('does not implement NetworkDriver; it says VolumeDriver'),
    })
    await eventually(() => expect([...shelf.offers.keys()]).toEqual(['storage.volume fake']))
  })

  it('D9 and has the name of another driver leaves that one alone', async () => {
    shelf.taken.add('storage.volume twin')
    const twin = await FakePlugin.start(join(root, 'plugins/twin.sock'), ['VolumeDriver', 'LogDriver'])
    await eventually(() => expect(shelf.offers.has('log.driver twin')).toBe(true))
    expect(shelf.offers.has('storage.volume twin')).toBe(false)
    expect(shelf.lines.filter((line) => line.includes('its name is taken'))).toHaveLength(1)
    await twin.stop()
  })

  it('D16 and decides on requests but is away denies them, at once and with its name', async () => {
    await shelf.shelf.close()
    shelf = new TestShelf(root, { authorizationPlugins: ['judge'], waitMs: 50 })
    shelf.shelf.open()
    const judge = shelf.driver(authAuthorize, 'judge')
    const request = {
      principal: { name: 'root', method: 'peer-credentials', groups: [] },
      operation: { name: 'containers.list', request: {} },
      http: { method: 'GET', uri: '/containers/json', headers: {} },
    }
    const first = await timed(judge.authorize(request))
    expect(first.error).toMatchObject({ code: 'PLUGIN_AWAY', message: expect.stringContaining('judge.sock') })
    expect((await timed(judge.authorize({ ...request, http: { ...request.http } }))).ms).toBeLessThan(late)
    expect(shelf.degradations.at(-1)).toContain('judge')
  })

  it('does not stand in lists while nothing has ever answered at its socket', async () => {
    const stale = await FakePlugin.start(join(root, 'plugins/stale.sock'), ['VolumeDriver'])
    await stale.kill()
    shelf.shelf.discover(storageVolume.id, 'stale')
    await eventually(() => expect([...shelf.offers.keys()]).toEqual(['storage.volume fake']))
    const { error, ms } = await timed(shelf.driver(storageVolume, 'stale').create({ name: 'v', options: {} }))
    expect(error).toMatchObject({ code: 'PLUGIN_AWAY', message: expect.stringContaining('nobody listens there') })
    expect(ms).toBeLessThan(late)
  })

  it('whose file tells no address is told once and by its file', async () => {
    writeFileSync(join(root, 'plugins/bad.spec'), 'ftp://host\n')
    await eventually(() => expect(shelf.lines.join('\n')).toContain('bad.spec'))
    expect(() => shelf.driver(logDriver, 'bad')).toThrow('no log.driver bad')
    expect(shelf.lines.filter((line) => line.includes('bad.spec'))).toHaveLength(1)
  })
})
