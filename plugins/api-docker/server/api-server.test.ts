import { codedError } from '@moby/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleContainer } from '../fixtures/fake-engine.ts'
import { RawClient } from '../fixtures/raw-client.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

describe('the API on a socket', () => {
  it('pings with the headers that clients read, by GET and HEAD', async () => {
    api = await startTestApi()
    const get = await api.call('GET', '/_ping')
    expect(get).toMatchObject({ status: 200, text: 'OK' })
    expect(get.headers).toMatchObject({ 'api-version': '1.51', ostype: 'linux', swarm: 'inactive', pragma: 'no-cache' })
    const head = await api.call('HEAD', '/v1.24/_ping')
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers).toMatchObject({ 'content-length': '0', 'content-type': 'text/plain; charset=utf-8' })
  })

  it('answers unknown paths and methods in JSON', async () => {
    api = await startTestApi()
    for (const method of ['GET', 'POST', 'PATCH', 'PROPFIND']) {
      expect(await api.call(method, '/nothing')).toMatchObject({ status: 404, text: '{"message":"page not found"}\n' })
    }
    const { headers } = await api.call('GET', '/nothing')
    expect(headers['content-type']).toBe('application/json')
  })

  it.each([
    ['text/plain', '{}', "unsupported Content-Type header (text/plain): must be 'application/json'"],
    ['application', '{}', 'malformed Content-Type header (application)'],
    ['', '{}', 'malformed Content-Type header (): mime: no media type'],
    ['application/json', '{"Image":', 'invalid JSON'],
    ['application/json', '{"Image":"x"} trailing', 'unexpected content after JSON'],
    ['application/json', '', 'invalid JSON: got EOF while reading request body'],
    ['application/json', '[]', 'the body must be an object'],
    ['application/json', '{"HostConfig":{"Memory":"1g"}}', 'HostConfig.Memory must be an integer, not a string'],
    ['application/json; charset=utf-8', '{"HostConfig":{"Memory":1e400}}', 'HostConfig.Memory must be an integer'],
    ['application/json', '{"HostConfig":{"Memory":9223372036854775807}}', 'is out of range'],
  ])('refuses a body of type %j: %s', async (type, body, message) => {
    api = await startTestApi()
    const reply = await api.call('POST', '/containers/create', body, { 'content-type': type })
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.text)).toEqual({ message: expect.stringContaining(message) as string })
  })

  it('cuts a body that is too large, with 413 and the end of the connection', async () => {
    api = await startTestApi()
    const client = await RawClient.connect(api.socket)
    const head = 'POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n'
    client.write(`${head}Content-Length: 1073741824\r\n\r\n{"Image":"`)
    const piece = Buffer.alloc(1024 * 1024, 0x61)
    for (let sent = 0; sent < 6 && !client.ended; sent++) client.write(piece)
    const text = await client.untilEnd()
    expect(text).toContain('413')
    expect(text).toContain('{"message":"the body of the request is larger than 4194304 bytes"}')
    client.destroy()
  })

  it('maps what an error is to the status, and keeps its message', async () => {
    const fail = (code: Parameters<typeof codedError>[0], message: string) => async () => {
      throw codedError(code, message, { hint: 'Do otherwise.' })
    }
    api = await startTestApi({
      containers: {
        inspect: fail('CONTAINER_NOT_FOUND', 'No such container: x'),
        kill: fail('CONTAINER_NOT_RUNNING', 'container x is not running'),
        pause: fail('HOST_LACKS', 'the host lacks the freezer'),
        rename: fail('CONTAINER_NAME_INVALID', 'Invalid container name'),
        start: async () => {
          throw new Error('secret defect')
        },
      },
    })
    const status = async (method: string, path: string) => {
      const { status, text } = await api.call(method, path)
      return [status, (JSON.parse(text) as { message: string }).message]
    }
    expect(await status('GET', '/containers/x/json')).toEqual([404, 'No such container: x'])
    expect(await status('POST', '/containers/x/kill')).toEqual([409, 'container x is not running'])
    expect(await status('POST', '/containers/x/pause')).toEqual([501, 'the host lacks the freezer: Do otherwise.'])
    expect(await status('POST', '/containers/x/rename?name=a%2Fb')).toEqual([400, 'Invalid container name'])
    expect(await status('POST', '/containers/x/start')).toEqual([500, 'internal error'])
    expect(api.logged).toContain('A request failed without a coded error')
  })

  it('says 304 where nothing changed', async () => {
    api = await startTestApi({
      containers: { start: async () => ({ changed: false }), stop: async () => ({ changed: true }) },
    })
    expect(await api.call('POST', '/containers/x/start')).toMatchObject({ status: 304, text: '' })
    expect(await api.call('POST', '/containers/x/stop?t=0')).toMatchObject({ status: 204, text: '' })
    expect(api.calls.at(-1)?.request).toEqual({ ref: 'x', timeoutSeconds: 0 })
    await api.call('POST', '/v1.41/containers/x/stop?t=-7&signal=HUP')
    expect(api.calls.at(-1)?.request).toEqual({ ref: 'x', timeoutSeconds: -1 })
  })

  it('says what needs a swarm', async () => {
    api = await startTestApi()
    const swarm = await api.call('GET', '/services')
    expect(swarm.status).toBe(503)
    expect(swarm.text).toContain('This node is not a swarm manager.')
    const join = async (JoinToken: string) => (await api.call('POST', '/swarm/join', { JoinToken })).text
    expect(await join('SWMTKN-1-x')).toBe('{"message":"invalid join token"}\n')
    expect(await join(`SWMTKN-1-${'0'.repeat(50)}-${'a'.repeat(25)}`)).toContain('swarm join is not supported')
    expect(await api.call('POST', '/swarm/leave')).toMatchObject({
      status: 503,
      text: '{"message":"This node is not part of a swarm"}\n',
    })
  })

  it.each([
    'GET /_ping HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'GET /_ping HTTP/1.1\r\nHost: d\r\nX: a\r\n b\r\n\r\n',
    'nonsense\r\n\r\n',
  ])('refuses a request that two readers could read differently: %j', async (bytes) => {
    api = await startTestApi()
    const client = await RawClient.connect(api.socket)
    client.write(bytes)
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 400 /)
    client.destroy()
  })

  it('keeps a connection for the next request', async () => {
    api = await startTestApi({ containers: { list: async () => ({ containers: [sampleContainer()] }) } })
    const client = await RawClient.connect(api.socket)
    for (const _round of [1, 2, 3]) client.write('GET /containers/json HTTP/1.1\r\nHost: d\r\n\r\n')
    await client.until('\r\n\r\n')
    while (client.text.split('HTTP/1.1 200').length < 4) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(client.ended).toBe(false)
    client.destroy()
  })
})

describe('a client that has ended its side', () => {
  it('has its answer, whole or as a stream, and the connection ends with it', async () => {
    const stopped = Promise.withResolvers<void>()
    api = await startTestApi({
      containers: {
        inspect: async () => await stopped.promise.then(() => sampleContainer()),
      },
    })
    for (const version of ['1.0', '1.1']) {
      const client = await RawClient.connect(api.socket)
      client.socket.end(`GET /_ping HTTP/${version}\r\nHost: d\r\n\r\n`)
      expect(await client.untilEnd()).toMatch(/ 200 OK\r\n[\s\S]*OK$/)
    }
    const client = await RawClient.connect(api.socket)
    client.socket.end('GET /containers/x/json HTTP/1.1\r\nHost: d\r\n\r\n')
    await expect.poll(() => api.calls.map(({ operation }) => operation)).toContain('containers.inspect')
    stopped.resolve()
    expect(await client.untilEnd()).toContain('200 OK')
  })

  it('is told from one that is gone, for whom nothing is done any more', async () => {
    let signal: AbortSignal | undefined
    api = await startTestApi({
      containers: {
        inspect: async () => sampleContainer(),
        logs: async function* (_request: unknown, call?: { signal?: AbortSignal | undefined }) {
          signal = call?.signal
          yield []
          await new Promise((resolve) => signal?.addEventListener('abort', resolve))
        },
      },
    })
    const client = await RawClient.connect(api.socket)
    client.write('GET /containers/x/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n')
    await expect.poll(() => signal).toBeDefined()
    client.socket.end()
    // Whether it is there is asked at once, so that the answer to a later request is after it.
    await api.call('GET', '/_ping')
    expect(signal?.aborted).toBe(false)
    client.destroy()
    await expect.poll(() => signal?.aborted).toBe(true)
  })
})
