import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sampleContainer } from '../fixtures/fake-engine.ts'
import { RawClient } from '../fixtures/raw-client.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

let api: TestApi
const clients: RawClient[] = []
beforeAll(async () => {
  api = await startTestApi({
    containers: {
      inspect: async () => sampleContainer(),
      kill: async () => ({}),
      list: async () => ({ containers: [] }),
    },
  })
})
beforeEach(() => void api.calls.splice(0))
afterAll(async () => {
  for (const each of clients) each.destroy()
  await api.close()
})

async function connected(): Promise<RawClient> {
  const client = await RawClient.connect(api.socket)
  clients.push(client)
  return client
}

/** A request that must never be taken for one of its own. */
const hidden = 'POST /containers/victim/kill HTTP/1.1\r\nHost: d\r\n\r\n'
const get = 'GET /containers/json HTTP/1.1\r\n'
const post = 'POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n'
const chunked = 'Transfer-Encoding: chunked\r\n'

describe('requests that two readers could read differently', () => {
  it.each([
    ['a length and chunks', `${post}Content-Length: 6\r\n${chunked}\r\n0\r\n\r\n`],
    ['chunks and a length', `${post}${chunked}Content-Length: 6\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${post}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n`],
    ['a list of lengths', `${post}Content-Length: 0, ${hidden.length}\r\n\r\n`],
    ['a length with a sign', `${post}Content-Length: +0\r\n\r\n`],
    ['a length in hexadecimal', `${post}Content-Length: 0x0\r\n\r\n`],
    ['a length below zero', `${post}Content-Length: -1\r\n\r\n`],
    ['a length over 64 bits', `${post}Content-Length: 18446744073709551616\r\n\r\n`],
    ['an encoding that is none', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunks that are not the last encoding', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a chunk whose length is none', `${post}${chunked}\r\nz\r\n\r\n0\r\n\r\n`],
    ['a chunk that is longer than it says', `${post}${chunked}\r\n1\r\nabc\r\n0\r\n\r\n`],
    ['a chunk line that ends in a bare LF', `${post}${chunked}\r\n1\na\r\n0\r\n\r\n`],
    ['a folded header', `${get}Host: d\r\nX: a\r\n b\r\n\r\n`],
    ['lines that end in a bare LF', 'GET /containers/json HTTP/1.1\nHost: d\n\n'],
    ['lines that end in a bare CR', 'GET /containers/json HTTP/1.1\rHost: d\r\r'],
    ['a space before the colon', `${get}Host: d\r\nContent-Length : 5\r\n\r\n`],
    ['a NUL in a header', `${get}Host: d\r\nX: a\0b\r\n\r\n`],
    ['a header without a name', `${get}Host: d\r\n: b\r\n\r\n`],
    ['no host', `${get}\r\n`],
    ['two hosts', `${get}Host: d\r\nhost: e\r\n\r\n`],
    ['no host where an upgrade is asked for', upgraded('').replace('Host: d\r\n', '')],
    ['a header of 64 KiB', `${get}Host: d\r\nX: ${'a'.repeat(66_000)}\r\n\r\n`],
    ['a version of HTTP that is none', 'GET /containers/json HTTP/1.2.3\r\nHost: d\r\n\r\n'],
    ['a length and chunks where an upgrade is asked for', upgraded(`Content-Length: 6\r\n${chunked}`)],
    ['two lengths where an upgrade is asked for', upgraded('Content-Length: 0\r\nContent-Length: 9\r\n')],
  ])('C23 %s: 400, the end of the connection, and nothing after it is read', async (_what, bytes) => {
    const client = await connected()
    client.write(bytes)
    client.write(hidden)
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 4(00|31) /)
    expect(text.split('HTTP/1.1 ')).toHaveLength(2)
    expect(api.calls).toEqual([])
  })

  it.each([
    'http://docker/containers/json',
    'docker:80',
    '*',
    '//v1.41//containers/json',
    '/v1.41//containers/json',
    '/v1.41/../containers/json',
    '/%2e%2e/containers/json',
    '/containers/%2E%2E/containers/json',
    '/containers/./json',
    '/containers/a%00b/json',
    '/containers/%zz/json',
    '/containers/%c3%28/json',
  ])('C23 the target %s is refused', async (target) => {
    const client = await connected()
    client.write(`GET ${target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n`)
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 400 /)
    expect(api.calls).toEqual([])
  })

  it('C23 no version of HTTP: 400, and nothing of it or after it is served', async () => {
    const client = await connected()
    client.write(`GET /containers/json\r\n\r\n${hidden}`)
    // The parser refuses what follows, and so does this server the first: there may be two of one kind.
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 400 /)
    expect(api.calls).toEqual([])
  })

  it('C23 a body that is not read is not taken for the next request', async () => {
    const client = await connected()
    const length = `Content-Type: text/plain\r\nContent-Length: ${hidden.length + 5_000_000}\r\n\r\n`
    client.write(`POST /containers/create HTTP/1.1\r\nHost: d\r\n${length}${hidden}`)
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text.toLowerCase()).toContain('connection: close')
    expect(api.calls).toEqual([])
  })
})

/** An attach whose body has these headers. */
function upgraded(headers: string): string {
  return `POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${headers}\r\n`
}

describe('bodies', () => {
  const refused = 'POST /build?securityopt=x HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-tar\r\n'

  it('of a refused request are taken to their end when they are small, and the connection goes on', async () => {
    const client = await connected()
    client.write(`${refused}${chunked}\r\n`)
    // The answer is due by now; what comes of the body meets nobody who has hung up.
    for (let sent = 0; sent < 10; sent += 1) {
      client.write(`400\r\n${'a'.repeat(1024)}\r\n`)
      await new Promise((resolve) => setImmediate(resolve))
    }
    client.write(`0\r\n\r\n`)
    await client.until('not supported')
    client.write(`${get}Host: d\r\n\r\n`)
    expect(await client.until('200 OK')).toMatch(
      /^HTTP\/1.1 400[^]*security options are not supported[^]*HTTP\/1.1 200 OK/,
    )
  })

  it('of a refused request that are large, or never come, are left after the answer', async () => {
    const client = await connected()
    client.write(`${refused}${chunked}\r\n400\r\n`)
    expect(await client.until('not supported')).toMatch(/^HTTP\/1.1 400[^]*connection: close/i)
    const large = await connected()
    large.write(`${refused}Content-Length: 300000\r\n\r\n`)
    expect(await large.until('not supported')).toMatch(/^HTTP\/1.1 400[^]*connection: close/i)
  })

  const create = async (body: string, type = 'application/json') =>
    await api.call('POST', '/containers/create', body, { 'content-type': type })

  it.each([
    ['text/plain', '{"Image":"x"}', 'unsupported Content-Type'],
    ['application/x-www-form-urlencoded', 'Image=x', 'unsupported Content-Type'],
    ['multipart/form-data; boundary=a', '--a--', 'unsupported Content-Type'],
  ])('C1 of the type %s are refused', async (type, body, message) => {
    const { status, text } = await create(body, type)
    expect([status, JSON.parse(text)]).toEqual([400, { message: expect.stringContaining(message) as string }])
  })

  it.each([
    '{"Image":',
    "{'Image':'x'}",
    '{"Image":"x",}',
    'NaN',
    '{"Image":"\u0001"}',
    '\ufeff{"Image":"x"}',
    'Image',
  ])('C2 that are no JSON are refused: %j', async (body) => {
    const { status, text } = await create(body)
    expect(status).toBe(400)
    expect(text).toContain('invalid JSON')
  })

  it.each(['{"Image":"x"} {"Image":"y"}', '{"Image":"x"}]', '{"Image":"x"}null', '{"Image":"x"}\0'])(
    'C3 with something after the JSON are refused: %j',
    async (body) => {
      const { status, text } = await create(body)
      expect(status).toBe(400)
      expect(text).toContain('unexpected content after JSON')
    },
  )

  it.each([
    ['arrays', '['.repeat(1_000_000) + ']'.repeat(1_000_000)],
    ['objects', '{"a":'.repeat(500_000) + '1' + '}'.repeat(500_000)],
    ['an unknown key', `{"Image":"x","Unknown":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`],
  ])('C5 that are deep by %s are refused', async (_what, body) => {
    expect((await create(body)).status).toBe(400)
    expect((await api.call('GET', '/_ping')).text).toBe('OK')
  })

  it('C5 with names of prototypes change nothing but what they name', async () => {
    const names = '"__proto__":{"Tty":true,"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}'
    await create(`{"Image":"x",${names},"Labels":{"__proto__":"a","constructor":"b"},"HostConfig":{${names}}}`)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    const made = api.calls.find(({ operation }) => operation === 'containers.create')?.request as {
      spec: { terminal?: boolean; labels: Record<string, string> }
    }
    expect(made.spec.terminal ?? false).toBe(false)
    expect(Object.entries(made.spec.labels)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
  })

  it.each(['"1g"', '1e400', '-1e400', '1.5', '1e3', '9007199254740993', '18446744073709551616', 'true', '[1]', '{}'])(
    'C6 do not have %s where an integer is wanted',
    async (memory) => {
      const { status, text } = await create(`{"Image":"x","HostConfig":{"Memory":${memory}}}`)
      expect([status, text]).toEqual([400, expect.stringContaining('HostConfig.Memory') as string])
      expect(api.calls.map(({ operation }) => operation)).not.toContain('containers.create')
    },
  )

  it.each([
    ['9007199254740991', 9007199254740991],
    ['-0', 0],
  ])('C6 have %s exactly', async (written, exact) => {
    await create(`{"Image":"x","StopTimeout":${written}}`)
    const made = api.calls.find(({ operation }) => operation === 'containers.create')
    expect(made?.request).toMatchObject({ spec: { stopTimeout: exact } })
  })

  it.each([
    ['a length', (piece: Buffer) => [`Content-Length: ${2 ** 30}\r\n\r\n`, piece] as const],
    [
      'chunks',
      (piece: Buffer) =>
        [
          `${chunked}\r\n`,
          Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
        ] as const,
    ],
  ])('C7 of 1 GiB by %s are refused at the limit, and no more of them is taken', async (_how, form) => {
    const [headers, piece] = form(Buffer.alloc(1 << 20, 0x20))
    const client = await connected()
    client.write(`${post}${headers}`)
    let sent = 0
    for (; sent < 1024 && !client.ended; sent += 1) {
      if (!client.socket.write(piece)) await client.drained()
    }
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i)
    expect(client.text).toContain('larger than 4194304 bytes')
    // The limit, and what lies in the buffers of this client and of the kernel.
    expect(sent).toBeLessThan(32)
  })
})

describe('versions, hosts and origins', () => {
  it.each(['v0.1', 'v1.23', 'v9.99', 'v1.52', 'v2', 'v0', 'vX', 'v1.x', 'v-1.40', 'v1.40.', 'v1e1'])(
    'C8 the version %s is refused with those that are served',
    async (version) => {
      const { status, text } = await api.call('GET', `/${version}/containers/json`)
      expect(status).toBe(400)
      expect(text).toMatch(/1\.24|1\.51/)
    },
  )

  it('C24 no page of a browser is let read an answer, whatever host it names', async () => {
    const headers = { host: 'evil.example', origin: 'http://evil.example' }
    const list = await api.call('GET', '/containers/json', undefined, headers)
    const preflight = await api.call('OPTIONS', '/containers/create', undefined, {
      ...headers,
      'access-control-request-method': 'POST',
    })
    for (const { headers: told } of [list, preflight]) {
      expect(Object.keys(told).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})
