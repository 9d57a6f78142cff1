import { once } from 'node:events'
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createNetServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { forwardCall } from './forward-call.ts'
import { serveHttp2 } from './serve-http2.ts'

const endings: (() => void)[] = []
afterEach(() => endings.splice(0).forEach((end) => end()))

const portOf = async (server: Server) => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** A caller whose calls are passed on to `daemon`. */
async function bridged(daemon: (stream: ServerHttp2Stream) => void): Promise<ClientHttp2Session> {
  const behind = createServer({ strictSingleValueFields: false })
  behind.on('stream', (stream) => {
    stream.on('error', () => undefined)
    stream.resume()
    daemon(stream)
  })
  const to = connect(`http://127.0.0.1:${await portOf(behind)}`)
  const front = createNetServer((socket) => void serveHttp2(socket, (call) => void forwardCall(call, to)))
  const caller = connect(`http://127.0.0.1:${await portOf(front)}`)
  endings.push(
    () => caller.destroy(),
    () => to.destroy(),
    () => front.close(),
    () => behind.close(),
  )
  return caller
}

async function call(caller: ClientHttp2Session) {
  const stream = caller.request({ ':method': 'POST', ':path': '/x' })
  stream.on('error', () => undefined)
  stream.end()
  stream.resume()
  let head: OutgoingHttpHeaders = {}
  let trailers: OutgoingHttpHeaders = {}
  stream.once('response', (headers) => (head = headers))
  stream.once('trailers', (headers) => (trailers = headers))
  await new Promise<void>((resolve) => stream.once('close', resolve))
  return { head, trailers, reset: stream.rstCode }
}

// Not what the types allow, but what may come.
const twice = { 'content-type': ['application/grpc', 'application/grpc'] } as unknown as OutgoingHttpHeaders

test('a head that cannot be sent on refuses its call, and the next one passes', async () => {
  const heads: OutgoingHttpHeaders[] = [twice, { 'content-type': 'application/grpc', constructor: 'x' }]
  const caller = await bridged((stream) =>
    stream.respond({ ...heads.shift(), 'grpc-status': '0' }, { endStream: true }),
  )
  const { head } = await call(caller)
  expect(head).toMatchObject({ 'grpc-status': '13' })
  expect(head['grpc-message']).toMatch('cannot be passed on: Header field "content-type"')
  expect(await call(caller)).toMatchObject({ head: { 'grpc-status': '0', constructor: 'x' }, reset: 0 })
})

test('trailers that cannot be sent on break their call off', async () => {
  const caller = await bridged((stream) => {
    stream.once('wantTrailers', () => stream.sendTrailers({ ...twice, 'grpc-status': '0' }))
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.end('x')
  })
  const { trailers, reset } = await call(caller)
  expect(trailers).toEqual({})
  expect(reset).toBe(2)
})
