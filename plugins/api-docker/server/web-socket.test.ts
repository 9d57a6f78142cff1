import { codedError } from '@moby/contracts'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { sampleContainer } from '../fixtures/fake-engine.ts'
import { RawClient } from '../fixtures/raw-client.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

let api: TestApi
const opened: WebSocket[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) each.terminate()
  await api.close()
})

const bytes = (text: string) => new TextEncoder().encode(text)
const openStdin = async () => sampleContainer({ spec: { image: 'x', openStdin: true } })
const all = 'stream=1&stdin=1&stdout=1&stderr=1'

type Input = AsyncIterable<Uint8Array>

/** A container that says on both streams what it hears until it hears `end`. */
async function* echo(_request: unknown, input: Input) {
  yield { attached: true }
  for await (const data of input) {
    if (Buffer.from(data).toString() === 'end') return
    yield { stream: 'stdout' as const, data }
    yield { stream: 'stderr' as const, data: bytes('!') }
  }
}

interface Client {
  readonly socket: WebSocket
  readonly texts: string[]
  readonly kinds: Set<string>
  /** Code of the end. */
  readonly ended: Promise<number>
}

async function open(path: string): Promise<Client> {
  const socket = new WebSocket(`ws+unix:${api.socket}:${path}`)
  opened.push(socket)
  const [texts, kinds] = [[] as string[], new Set<string>()]
  socket.on('message', (data, isBinary) => {
    texts.push(String(data as Buffer))
    kinds.add(isBinary ? 'binary' : 'text')
  })
  const ended = once(socket, 'close').then(([code]) => code as number)
  await once(socket, 'open')
  return { socket, texts, kinds, ended }
}

describe('attaching over a WebSocket', () => {
  it('sends both streams as they are in binary messages, takes input, and ends in order', async () => {
    api = await startTestApi({ containers: { inspect: openStdin, attach: echo } })
    const { socket, texts, kinds, ended } = await open(`/v1.50/containers/x/attach/ws?${all}`)
    socket.send('hello')
    await expect.poll(() => texts).toEqual(['hello', '!'])
    socket.send(Buffer.from([0xff, 0xfe]))
    await expect.poll(() => texts.length).toBe(4)
    socket.send('end')
    expect(await ended).toBe(1000)
    expect([...kinds]).toEqual(['binary'])
    expect(api.calls.at(-1)?.request).toEqual({ ref: 'x', stdin: true, stdout: true, stderr: true, stream: true })
    expect(api.logged).toEqual([])
  })

  it('reads the streams from the query since 1.42, and sends text before 1.28', async () => {
    api = await startTestApi({ containers: { inspect: openStdin, attach: echo } })
    const newer = await open('/v1.42/containers/x/attach/ws?stream=1&stdout=1&logs=1&detachKeys=a')
    expect(await newer.ended).toBe(1000)
    expect(api.calls.at(-1)?.request).toEqual({
      ref: 'x',
      stdin: false,
      stdout: true,
      stderr: false,
      stream: true,
      logs: true,
      detachKeys: 'a',
    })
    const older = await open('/v1.27/containers/x/attach/ws?stream=1')
    expect(api.calls.at(-1)?.request).toEqual({ ref: 'x', stdin: true, stdout: true, stderr: true, stream: true })
    older.socket.send('old')
    await expect.poll(() => older.texts).toEqual(['old', '!'])
    older.socket.send('end')
    expect(await older.ended).toBe(1000)
    expect([...older.kinds]).toEqual(['text'])
    // Over a raw stream every version reads them.
    await api.call('POST', '/v1.27/containers/x/attach?stream=1&stdout=1')
    expect(api.calls.at(-1)?.request).toMatchObject({ stdin: false, stdout: true, stderr: false })
  })

  it.each([
    ['no upgrade', '', 'not websocket protocol'],
    ['another protocol', 'Connection: Upgrade\r\nUpgrade: tcp\r\n', 'not websocket protocol'],
    ['no key', 'Connection: Upgrade\r\nUpgrade: websocket\r\n', 'mismatch challenge/response'],
    [
      'another version',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 7\r\n',
      'missing or bad WebSocket Version',
    ],
    [
      'subprotocols that are none',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a,,b\r\n',
      'Invalid Sec-WebSocket-Protocol header',
    ],
  ])('refuses a request with %s', async (_what, headers, message) => {
    api = await startTestApi({ containers: { inspect: openStdin, attach: echo } })
    const client = await RawClient.connect(api.socket)
    client.write(`GET /containers/x/attach/ws?${all} HTTP/1.1\r\nHost: d\r\n${headers}\r\n`)
    const text = await client.until('}')
    client.destroy()
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain(`{"message":"${message}"}`)
  })

  it('tells that the container is not there before it looks at the handshake', async () => {
    const inspect = () => Promise.reject(codedError('CONTAINER_NOT_FOUND', 'No such container: x'))
    api = await startTestApi({ containers: { inspect, attach: echo } })
    expect(await api.call('GET', '/containers/x/attach/ws')).toMatchObject({
      status: 404,
      text: '{"message":"No such container: x"}\n',
    })
  })

  it.each(['closes', 'is gone'])('gives the call up when the client %s', async (way) => {
    const given = Promise.withResolvers<string>()
    api = await startTestApi({
      containers: {
        inspect: openStdin,
        attach: async function* (_request, input, call) {
          yield { attached: true }
          const heard: string[] = []
          for await (const data of input) heard.push(Buffer.from(data).toString())
          if (call?.signal?.aborted === false) {
            await new Promise((resolve) => call.signal?.addEventListener('abort', resolve))
          }
          given.resolve(heard.join(''))
        },
      },
    })
    const { socket, ended } = await open(`/containers/x/attach/ws?${all}`)
    socket.send('last', () => (way === 'closes' ? socket.close() : socket.terminate()))
    expect(await given.promise).toBe('last')
    await ended
  })

  it('makes a client wait whose input nobody takes, and refuses a message that is too large', async () => {
    const release = Promise.withResolvers<void>()
    let heard = 0
    api = await startTestApi({
      containers: {
        inspect: openStdin,
        attach: async function* (_request, input) {
          yield { attached: true }
          await release.promise
          for await (const data of input) heard += data.length
        },
      },
    })
    const { socket, ended } = await open(`/containers/x/attach/ws?${all}`)
    const piece = Buffer.alloc(64 * 1024)
    for (let index = 0; index < 64; index++) socket.send(piece)
    socket.ping()
    // What is not taken stays with the client once the buffers between are full.
    let before = -1
    for (let same = 0; same < 10; same = before === socket.bufferedAmount ? same + 1 : 0) {
      before = socket.bufferedAmount
      await sleep(20)
    }
    expect(before).toBeGreaterThan(1024 * 1024)
    release.resolve()
    await once(socket, 'pong')
    await expect.poll(() => heard).toBe(64 * piece.length)
    socket.send(Buffer.alloc(16 * 1024 * 1024 + 1))
    expect(await ended).toBe(1009)
  })
})
