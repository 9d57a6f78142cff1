import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storageVolume } from '../storage/index.ts'
import { connectPeer, type ConnectOptions, type Peer } from './connect.ts'
import { encodeFrame } from './frames.ts'
import { makeSample, sample, wire, type Sample } from './testing/sample.ts'

let folder = ''
let server: Server | undefined
let peer: Peer | undefined
const sockets = new Set<Socket>()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'))
})
afterEach(async () => {
  peer?.close()
  for (const socket of sockets) socket.destroy()
  if (server?.listening) await new Promise((resolve) => server?.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

/** A peer that answers each connection's first bytes by hand. */
async function peerThat(
  act: (socket: Socket, connection: number) => void,
  limits: ConnectOptions['limits'] = {},
): Promise<Sample> {
  let connections = 0
  const socketPath = join(folder, 's')
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const connection = connections++
    socket.once('data', () => act(socket, connection))
  }).listen(socketPath)
  await once(server, 'listening')
  peer = connectPeer({ socketPath, limits })
  return peer.contract(sample)
}

const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: application/vnd.moby.stream\r\nconnection: close\r\n\r\n'
const json = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Answers with white space that never ends. */
function pour(socket: Socket, status = '200 OK'): void {
  socket.write(`HTTP/1.1 ${status}\r\ntransfer-encoding: chunked\r\n\r\n`)
  const piece = `10000\r\n${' '.repeat(0x10000)}\r\n`
  const push = (): void => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', push)
  push()
}

async function outcome(items: AsyncIterable<unknown>): Promise<string> {
  try {
    for await (const item of items) void item
    return 'ended'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a peer that misbehaves', () => {
  it('D2 is given up when it never answers', async () => {
    const driver = await peerThat(() => undefined, { streamHeadMs: 100 })
    await expect(driver.hurry({})).rejects.toMatchObject({ code: 'WIRE_DEADLINE' })
    expect(await outcome(driver.records({ count: 1 }))).toBe('WIRE_DEADLINE')
  })

  it('D7 is given up when it sends an answer drop by drop', async () => {
    const driver = await peerThat((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
      const timer = setInterval(() => socket.write(' '), 20)
      socket.on('close', () => clearInterval(timer))
    })
    await expect(driver.hurry({})).rejects.toMatchObject({ code: 'WIRE_DEADLINE' })
  })

  it('is not HTTP at all', async () => {
    const driver = await peerThat((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    await expect(driver.act({})).rejects.toMatchObject({ code: 'WIRE_PEER_UNREACHABLE' })
  })

  it('answers with something else than an envelope', async () => {
    const driver = await peerThat((socket) => socket.end(json('500 No', '<html>')))
    await expect(driver.act({})).rejects.toMatchObject({ code: 'WIRE_RESPONSE_INVALID' })
  })

  it('answers with an error of an unknown kind', async () => {
    const body = '{"error":{"code":"X_Y","kind":"__proto__","message":"m"}}'
    const driver = await peerThat((socket) => socket.end(json('500 No', body)))
    await expect(driver.act({})).rejects.toMatchObject({ code: 'X_Y', kind: 'internal' })
  })

  it('D6 cannot make the caller hold an endless body', async () => {
    const driver = await peerThat((socket) => pour(socket), { bodyBytes: 200_000 })
    await expect(driver.echo({})).rejects.toMatchObject({ code: 'WIRE_TOO_LARGE' })
  })

  it('D6 is cut off at a MiB when it is asked about one thing, later when it lists all', async () => {
    await peerThat((socket) => pour(socket))
    const driver = (peer as Peer).contract(storageVolume)
    const asked = { code: 'WIRE_TOO_LARGE', details: { limit: 1_048_576 } }
    await expect(driver.get({ name: 'v' })).rejects.toMatchObject(asked)
    await expect(driver.list({})).rejects.toMatchObject({ code: 'WIRE_TOO_LARGE', details: { limit: 16_777_216 } })
  })

  it('D6 is cut off before it, when the caller takes less than the method allows', async () => {
    await peerThat((socket) => pour(socket), { bodyBytes: 200_000 })
    const driver = (peer as Peer).contract(storageVolume)
    await expect(driver.get({ name: 'v' })).rejects.toMatchObject({ details: { limit: 200_000 } })
  })

  it('D6 is cut off at a MiB when it answers the handshake or with an error', async () => {
    await peerThat((socket, connection) => pour(socket, connection === 0 ? '200 OK' : '500 No'))
    const asked = { code: 'WIRE_TOO_LARGE', details: { limit: 1_048_576 } }
    await expect((peer as Peer).handshake(20_000)).rejects.toMatchObject(asked)
    await expect((peer as Peer).contract(storageVolume).list({})).rejects.toMatchObject(asked)
  })

  it('cuts its stream at any byte, and no cut is an end', async () => {
    const frames = Buffer.concat([
      encodeFrame('record', Buffer.from('{"n":1,"data":""}')),
      encodeFrame('status', Buffer.from('{}')),
    ])
    let length = 0
    const driver = await peerThat((socket) =>
      socket.end(Buffer.concat([Buffer.from(streamHead), frames.subarray(0, length)])),
    )
    for (; length < frames.length; length++) {
      expect(await outcome(driver.records({ count: 1 }))).toBe('WIRE_STREAM_BROKEN')
    }
    expect(await outcome(driver.records({ count: 1 }))).toBe('ended')
  })

  it('D5 sends frames that do not belong into the stream', async () => {
    const frames = [
      encodeFrame('data', Buffer.from('x')),
      Buffer.from('garbage'),
      encodeFrame('status', Buffer.from('[]')),
      encodeFrame('status', Buffer.from('7')),
    ]
    const driver = await peerThat((socket, connection) =>
      socket.end(Buffer.concat([Buffer.from(streamHead), frames[connection] as Buffer])),
    )
    expect(await outcome(driver.records({ count: 1 }))).toBe('WIRE_STREAM_BROKEN')
    expect(await outcome(driver.records({ count: 1 }))).toBe('WIRE_STREAM_BROKEN')
    expect(await outcome(driver.records({ count: 1 }))).toBe('WIRE_RESPONSE_INVALID')
    expect(await outcome(driver.records({ count: 1 }))).toBe('WIRE_RESPONSE_INVALID')
  })

  it('D3 is asked once more after a lost connection, when the method is idempotent', async () => {
    let calls = 0
    const driver = await peerThat((socket, connection) => {
      calls++
      if (connection === 0) socket.destroy()
      else socket.end(json('200 OK', '{"got":1}'))
    })
    await expect(driver.echo({})).resolves.toEqual({ got: 1 })
    expect(calls).toBe(2)
  })

  it('D3 is not asked again for a method that is not idempotent', async () => {
    let calls = 0
    const driver = await peerThat((socket) => {
      calls++
      socket.destroy()
    })
    await expect(driver.act({})).rejects.toMatchObject({ code: 'WIRE_PEER_UNREACHABLE' })
    expect(calls).toBe(1)
  })
})

describe('a caller that misbehaves', () => {
  async function post(socketPath: string, path: string, headers: Record<string, string>, body: Uint8Array | string) {
    const request = httpRequest({ socketPath, method: 'POST', path, headers })
    request.on('error', () => undefined)
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return {
      status: response.statusCode,
      body: JSON.parse(Buffer.concat(chunks).toString()) as { error: { code: string } },
    }
  }

  it('gets an envelope for every kind of nonsense', async () => {
    const { socketPath, close, defects } = await wire(makeSample(), { server: { pairMs: 50 } })
    try {
      const id = { 'moby-exchange': '0123456789abcdef0' }
      const cases: [string, Record<string, string>, Uint8Array | string, number, string][] = [
        ['/', {}, '', 400, 'WIRE_REQUEST_INVALID'],
        ['/test.sample', {}, '', 400, 'WIRE_REQUEST_INVALID'],
        ['/test.other/act', {}, '', 404, 'WIRE_CONTRACT_UNKNOWN'],
        ['/test.sample/constructor', {}, '', 501, 'WIRE_METHOD_UNKNOWN'],
        ['/test.sample/echo', {}, '{"text":', 400, 'WIRE_REQUEST_INVALID'],
        ['/test.sample/echo', {}, `{"free":${'['.repeat(100_000)}`, 400, 'WIRE_REQUEST_INVALID'],
        ['/test.sample/upload', {}, 'garbage', 503, 'WIRE_STREAM_BROKEN'],
        ['/test.sample/upload', {}, '', 400, 'WIRE_REQUEST_INVALID'],
        ['/test.sample/upload', {}, encodeFrame('request', Buffer.from('{}')), 503, 'WIRE_STREAM_BROKEN'],
        ['/test.sample/talk', {}, '{"greeting":"a"}', 400, 'WIRE_REQUEST_INVALID'],
        ['/test.sample/talk/input', id, '', 503, 'WIRE_STREAM_BROKEN'],
      ]
      for (const [path, headers, body, status, code] of cases) {
        expect(await post(socketPath, path, headers, body), path).toMatchObject({ status, body: { error: { code } } })
      }
      expect(defects).toEqual([])
    } finally {
      await close()
    }
  })

  it('does not run two attempts of one call at once', async () => {
    let running = 0
    let most = 0
    const { socketPath, close } = await wire(
      makeSample({
        async echo() {
          most = Math.max(most, ++running)
          await new Promise((resolve) => setTimeout(resolve, 50))
          running--
          return { got: 0 }
        },
      }),
    )
    try {
      const attempt = () => post(socketPath, '/test.sample/echo', { 'idempotency-key': 'one' }, '{}')
      await Promise.all([attempt(), attempt(), attempt()])
      expect(most).toBe(1)
    } finally {
      await close()
    }
  })
})
