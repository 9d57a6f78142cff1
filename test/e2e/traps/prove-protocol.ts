import { connect, type Socket } from 'node:net'
import { stat } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readFrames } from '../../compat/frames.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { asker, bytesOf, launch, loadImage, type Ask } from './ask.ts'

/** Versions that are served, oldest first. */
const versions = Array.from({ length: 51 - 24 + 1 }, (_, at) => `1.${24 + at}`)

export function proveProtocol(shared: SharedEngine): void {
  let engine: EngineProcess
  let ask: Ask
  let idle: Socket
  let idleSince = 0

  beforeAll(async () => {
    engine = shared.engine
    ask = asker(engine)
    idle = connect(engine.socket)
    expect(await pingOn(idle)).toContain('HTTP/1.1 200')
    idleSince = Date.now()
    await launch(ask, 'up')
  })
  afterAll(async () => {
    idle.destroy()
  })

  it('T30 what is missing is 404, what is in the way 409 or 403, what is wrong 400, and all say it in JSON', async () => {
    expect(await loadImage(engine, 'held:1', { Labels: { held: '1' } })).toMatchObject({ status: 200 })
    await ask('POST', '/containers/create?name=held', { Image: 'held:1' })
    await ask('POST', '/networks/create', { Name: 'used' })
    await ask('POST', '/volumes/create', { Name: 'used' })
    const HostConfig = { NetworkMode: 'used', Binds: ['used:/data'] }
    await launch(ask, 'user', { HostConfig })
    const cases: (readonly [number, string, string, object?])[] = [
      [404, 'GET', '/containers/none/json'],
      [404, 'POST', '/containers/none/start'],
      [404, 'DELETE', '/containers/none?force=1'],
      [404, 'POST', '/containers/create', { Image: 'none:1' }],
      [404, 'GET', '/images/none/json'],
      [404, 'GET', '/networks/none-such'],
      [404, 'POST', '/networks/none-such/connect', { Container: 'up' }],
      [404, 'POST', '/networks/used/connect', { Container: 'none' }],
      [404, 'GET', '/volumes/none'],
      [404, 'GET', '/exec/none/json'],
      [409, 'POST', '/containers/create?name=up', { Image: 'busybox' }],
      [409, 'DELETE', '/containers/up'],
      [409, 'DELETE', '/images/held:1'],
      [409, 'POST', '/containers/held/exec', { Cmd: ['true'] }],
      [409, 'POST', '/containers/held/kill'],
      [409, 'POST', '/networks/create', { Name: 'used' }],
      [409, 'DELETE', '/volumes/used'],
      [403, 'DELETE', '/networks/used'],
      [403, 'DELETE', '/networks/bridge'],
      [400, 'POST', '/containers/create?name=-x', { Image: 'busybox' }],
      [400, 'POST', '/containers/up/wait?condition=nope'],
    ]
    const given = await Promise.all(cases.map(async ([, ...request]) => ({ request, answer: await ask(...request) })))
    expect(given.map(({ request, answer }) => [answer.status, ...request])).toEqual(cases)
    for (const { request, answer } of given) {
      expect([request, answer.body]).toEqual([request, { message: expect.stringMatching(/\S/) as string }])
    }
    for (const path of ['/containers/user?force=1', '/containers/held', '/networks/used', '/volumes/used']) {
      expect((await ask('DELETE', path)).status).toBe(204)
    }
    expect((await ask('DELETE', '/images/held:1')).status).toBe(200)
  })

  it('T34 a prune tells the space and a list, also of nothing', async () => {
    await ask('POST', '/volumes/create', {})
    await ask('POST', '/networks/create', { Name: 'spare' })
    const { body: made } = await ask('POST', '/containers/create', { Image: 'busybox' })
    expect((await ask('POST', '/containers/prune')).body).toEqual({
      ContainersDeleted: [made['Id']],
      SpaceReclaimed: 0,
    })
    expect((await ask('POST', '/containers/prune')).body['SpaceReclaimed']).toBe(0)
    expect((await ask('POST', '/networks/prune')).body).toEqual({ NetworksDeleted: ['spare'] })
    const volumes = (await ask('POST', '/volumes/prune')).body
    expect(volumes).toEqual({ VolumesDeleted: [expect.stringMatching(/^[0-9a-f]{64}$/) as string], SpaceReclaimed: 0 })
    for (const [path, list] of [
      ['volumes', 'VolumesDeleted'],
      ['build', 'CachesDeleted'],
      ['images', 'ImagesDeleted'],
    ] as const) {
      const { status, body } = await ask('POST', `/${path}/prune`)
      expect([path, status, body]).toEqual([path, 200, expect.objectContaining({ SpaceReclaimed: 0 })])
      expect(Object.keys(body)).toContain(list)
    }
  })

  it('T35 disk usage counts the containers of an image and of a volume', async () => {
    await ask('POST', '/volumes/create', { Name: 'counted' })
    const HostConfig = { NetworkMode: 'none', Binds: ['counted:/data'] }
    for (const name of ['one', 'two'])
      await ask('POST', `/containers/create?name=${name}`, { Image: 'busybox', HostConfig })
    const { body } = await ask('GET', '/system/df')
    const list = (key: string) => body[key] as unknown as Record<string, unknown>[]
    expect(list('Images').map(({ RepoTags, Containers }) => [RepoTags, Containers])).toEqual([[['busybox:latest'], 3]])
    expect(list('Containers')).toHaveLength(3)
    expect(list('Volumes')).toEqual([expect.objectContaining({ Name: 'counted', UsageData: { RefCount: 2, Size: 0 } })])
    expect(body['LayersSize']).toBe(list('Images')[0]?.['Size'])
    for (const path of ['/containers/one', '/containers/two', '/volumes/counted']) await ask('DELETE', path)
  })

  it('T39 paths without a version are those of the newest', async () => {
    for (const path of ['/containers/up/json', '/images/json', '/networks', '/volumes', '/version']) {
      const [plain, versioned] = await Promise.all([ask('GET', path), ask('GET', `/v1.51${path}`)])
      expect([path, plain.status]).toEqual([path, 200])
      expect(plain).toEqual(versioned)
    }
  })

  it('T44 networks are listed while others are made and removed', async () => {
    const churn = { over: false }
    const changes = (async () => {
      const answers: unknown[] = []
      for (const Name of ['made-1', 'made-2', 'made-3']) {
        answers.push((await ask('POST', '/networks/create', { Name, Internal: true })).status)
        answers.push(await ask('DELETE', `/networks/${Name}`))
      }
      return answers
    })().finally(() => (churn.over = true))
    do {
      const answers = await Promise.all(Array.from({ length: 5 }, async () => await ask('GET', '/networks')))
      for (const { status, body } of answers) {
        expect(status).toBe(200)
        expect(body.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['bridge', 'host', 'none']))
      }
    } while (!churn.over)
    const each = [201, { status: 204, body: '' }]
    expect(await changes).toEqual([...each, ...each, ...each])
    expect((await ask('GET', '/networks')).body).toHaveLength(3)
  })

  it('T45 every version from 1.24 on is served, and others are told which are', async () => {
    for (const version of versions) {
      const { status, body } = await ask('GET', `/v${version}/containers/json`)
      expect([version, status, body.length]).toEqual([version, 200, 1])
    }
    expect((await ask('GET', '/v1.23/containers/json')).status).toBe(400)
    expect(JSON.stringify((await ask('GET', '/v1.23/containers/json')).body)).toContain(
      'Minimum supported API version is 1.24',
    )
    expect(JSON.stringify((await ask('GET', '/v1.99/containers/json')).body)).toContain(
      'Maximum supported API version is 1.51',
    )
    expect((await ask('GET', '/version')).body).toMatchObject({ ApiVersion: '1.51', MinAPIVersion: '1.24' })
  })

  it('T46 fields that version 1.52 takes away are there in all that are served', async () => {
    await ask('POST', '/containers/create?name=told', { Image: 'busybox', Cmd: ['true'] })
    await ask('POST', '/containers/told/start')
    await ask('POST', '/containers/told/wait')
    const now = Math.ceil(Date.now() / 1000)
    for (const version of ['1.25', '1.41', '1.44', '1.51']) {
      expect((await ask('GET', `/v${version}/containers/told/json`)).body['NetworkSettings']).toMatchObject({
        IPAddress: '',
        Gateway: '',
        MacAddress: '',
        Bridge: '',
        EndpointID: '',
        SecondaryIPAddresses: null,
      })
      const df = (await ask('GET', `/v${version}/system/df`)).body
      expect(Object.keys(df)).toEqual(
        expect.arrayContaining(['LayersSize', 'Images', 'Containers', 'Volumes', 'BuildCache']),
      )
      const filters = encodeURIComponent('{"container":["told"],"event":["start"]}')
      const { body } = await ask('GET', `/v${version}/events?since=1&until=${now}&filters=${filters}`)
      expect(body).toMatchObject({
        status: 'start',
        Action: 'start',
        from: 'busybox',
        id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      })
    }
    await ask('DELETE', '/containers/told')
  })

  it('T49 the socket can be bound into a container under the path that tools look for', async () => {
    const Binds = [`${engine.socket}:/var/run/docker.sock`]
    const Cmd = ['stat', '-c', '%F %i', '/var/run/docker.sock']
    await launch(ask, 'tool', { Cmd, HostConfig: { NetworkMode: 'none', Binds } })
    expect((await ask('POST', '/containers/tool/wait')).body).toEqual({ StatusCode: 0 })
    const output = readFrames(await bytesOf(engine, '/containers/tool/logs?stdout=1'))
    expect(output).toEqual([`stdout: socket ${(await stat(engine.socket)).ino}\n`])
    await ask('DELETE', '/containers/tool')
  })

  it('T50 what an engine of version 1.43 over nerdctl refuses is done: conditions, input, disconnect, prune, update, commit', async () => {
    expect(
      (
        await ask('POST', '/v1.43/containers/create?name=full', {
          Image: 'busybox',
          AttachStdin: true,
          OpenStdin: true,
          StdinOnce: true,
        })
      ).status,
    ).toBe(201)
    const waits = ['next-exit', 'removed'].map(
      async (condition) => await ask('POST', `/v1.43/containers/full/wait?condition=${condition}`),
    )
    expect((await ask('POST', '/v1.43/containers/full/wait?condition=not-running')).status).toBe(200)
    expect((await ask('POST', '/v1.43/networks/bridge/disconnect', { Container: 'full' })).status).toBe(200)
    expect((await ask('POST', '/v1.43/containers/full/update', { CpuShares: 512 })).status).toBe(200)
    expect((await ask('POST', '/v1.43/commit?container=full&repo=kept')).status).toBe(201)
    expect((await ask('GET', '/images/kept/json')).status).toBe(200)
    await ask('POST', '/v1.43/containers/full/start')
    await ask('POST', '/v1.43/containers/full/kill')
    await ask('DELETE', '/v1.43/containers/full?force=1')
    for (const { status, body } of await Promise.all(waits)) {
      expect([status, body]).toEqual([200, { StatusCode: 137 }])
    }
    expect((await ask('POST', '/v1.43/networks/prune')).status).toBe(200)
    expect((await ask('DELETE', '/images/kept')).status).toBe(200)
  })

  it('T40 a connection that was idle longer than the usual five seconds serves the next request', async () => {
    await expect.poll(() => Date.now() - idleSince, { timeout: 10_000 }).toBeGreaterThan(6000)
    expect(await pingOn(idle)).toContain('HTTP/1.1 200')
  })
}

/** One ping on a connection that stays: the answer as it came, empty when the connection ends instead. */
async function pingOn(socket: Socket): Promise<string> {
  return await new Promise((resolve) => {
    let text = ''
    const end = () => {
      socket.removeAllListeners()
      resolve(text)
    }
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      if (text.endsWith('\r\n\r\nOK')) end()
    })
    socket.on('end', end)
    socket.on('close', end)
    socket.on('error', end)
    if (socket.destroyed) return end()
    socket.write('GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n')
  })
}
