import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:http2'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineProcess } from '../engine-process.ts'
import { nothingLeft } from '../footprint.ts'
import { Wire } from './wire.ts'

const words = 'This engine has no BuildKit daemon to build with'
const remedy = 'Use `DOCKER_BUILDKIT=0 docker build`, or name a daemon'

/** The assembly has no BuildKit: what clients that prefer it are told, so that they fall back or fail in words. */
describe('an engine without BuildKit', () => {
  let engine: EngineProcess

  beforeAll(async () => {
    engine = await EngineProcess.start()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
  })

  /** Asks for an upgrade to HTTP/2, as clients of BuildKit do: the connection. */
  const upgrade = async (path: string): Promise<Socket> => {
    const headers = { connection: 'Upgrade', upgrade: 'h2c' }
    const call = request({ socketPath: engine.socket, method: 'POST', path, headers }).end()
    const [answer, socket, head] = (await once(call, 'upgrade')) as [{ statusCode: number }, Socket, Buffer]
    expect(answer.statusCode).toBe(101)
    // The engine greets at once: what came with the answer is the beginning of HTTP/2.
    socket.unshift(head)
    return socket
  }

  it('T25 the ping names the classic builder', async () => {
    const wire = new Wire(engine.socket)
    wire.send('HEAD', '/_ping')
    expect((await wire.head()).toLowerCase()).toContain('\r\nbuilder-version: 1\r\n')
    wire.destroy()
  })

  it('T25 a session is refused with the remedy, before the upgrade', async () => {
    const wire = new Wire(engine.socket)
    wire.send('POST', '/v1.51/session', { upgrade: 'h2c' })
    expect(await wire.head()).toMatch(/^HTTP\/1\.1 501 /)
    expect((JSON.parse(String(await wire.rest())) as { message: string }).message).toContain(`${words}: ${remedy}`)
    wire.destroy()
  })

  it('T25 a call of BuildKit is answered with the remedy as its status', async () => {
    const socket = await upgrade('/v1.51/grpc')
    const session = connect('http://docker', { createConnection: () => socket })
    const call = session.request({
      ':method': 'POST',
      ':path': '/moby.buildkit.v1.Control/ListWorkers',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    call.end(Buffer.alloc(5))
    const [head] = (await once(call, 'response')) as [Record<string, string>]
    expect(head).toMatchObject({ 'grpc-status': '12' })
    expect(decodeURIComponent(head['grpc-message'] ?? '')).toContain(`${words}. ${remedy}`)
    session.destroy()
  })
})
