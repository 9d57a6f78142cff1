import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authAuthorize, codedError, implement, type Implementation } from '@moby/contracts'
import { callPlugin, text } from '@moby/lib-docker-plugin-protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorizationMethods } from './methods/authorization.ts'
import { method } from './methods/method.ts'
import { operationOf } from './operations/operation-of.ts'
import { PluginServer } from './serve.ts'

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

describe('a component that is served as a plugin of Docker', () => {
  let root: string
  let server: PluginServer
  const seen: unknown[] = []
  const judge: Implementation<typeof authAuthorize> = implement(authAuthorize, {
    async authorize(request) {
      seen.push(request)
      return { allow: false, message: 'no' }
    },
    async authorizeResponse() {
      throw codedError('NOT_SUPPORTED', 'it looks at no answers')
    },
  })
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'moby-serve-'))
    server = new PluginServer({
      socket: join(root, 'p.sock'),
      methods: {
        ...authorizationMethods(judge),
        'Test.Fail': method(text(), async () => {
          throw codedError('VOLUME_NOT_FOUND', 'there is no volume x')
        }),
      },
      log,
    })
    await server.open()
  })
  afterEach(async () => {
    await server.close()
    rmSync(root, { recursive: true, force: true })
  })
  const call = (name: string, body?: unknown) =>
    callPlugin({
      plugin: 'p',
      address: { kind: 'unix', path: join(root, 'p.sock') },
      method: name,
      body,
      deadlineMs: 10_000,
    })

  it('gives an authorizer the operation and the request, and its decision to Docker', async () => {
    const body = Buffer.from('{"Image":"busybox"}').toString('base64')
    const asked = {
      requestmethod: 'POST',
      RequestUri: '/v1.41/containers/create?name=web',
      RequestBody: body,
      RequestHeaders: { 'Content-Type': 'application/json' },
    }
    expect(await call('AuthZPlugin.AuthZReq', asked)).toEqual({ Allow: false, Msg: 'no' })
    expect(seen).toEqual([
      {
        principal: { name: '', method: 'none', groups: [] },
        operation: {
          name: 'containers.create',
          request: { vars: {}, query: { name: 'web' }, body: { Image: 'busybox' } },
        },
        http: {
          method: 'POST',
          uri: '/v1.41/containers/create?name=web',
          headers: { 'content-type': 'application/json' },
          body: Buffer.from('{"Image":"busybox"}'),
        },
      },
    ])
    expect(await call('AuthZPlugin.AuthZRes', asked)).toEqual({ Allow: true })
  })

  it('tells failures as plugins do, refuses what is no request, and knows no other paths', async () => {
    const refused = (status: number, reason: string) => ({ code: 'PLUGIN_REFUSED', details: { status, reason } })
    await expect(call('Test.Fail')).rejects.toMatchObject(refused(500, 'there is no volume x'))
    await expect(call('Test.Fail', { no: 'text' })).rejects.toMatchObject(
      refused(400, 'the body is an object, not a text'),
    )
    await expect(call('constructor')).rejects.toMatchObject(refused(404, '404 page not found'))
    await expect(call('AuthZPlugin.AuthZReq', { RequestBody: '?' })).rejects.toMatchObject({
      details: { status: 400, reason: '/RequestBody is a string, not base64' },
    })
  })

  it('takes over a socket that nobody listens at, and leaves alone one that somebody has', async () => {
    const second = new PluginServer({ socket: join(root, 'p.sock'), methods: {}, log })
    await expect(second.open()).rejects.toMatchObject({ message: expect.stringContaining('Somebody listens at') })
    const stale = join(root, 'q.sock')
    const dead = createServer().listen(stale)
    await once(dead, 'listening')
    renameSync(stale, `${stale}.kept`)
    dead.close()
    await once(dead, 'close')
    renameSync(`${stale}.kept`, stale)
    const third = new PluginServer({ socket: stale, methods: {}, log })
    await third.open()
    await third.close()
  })
})

it.each([
  ['GET', '/v1.24/containers/json?all=1', 'containers.list'],
  ['GET', '/containers/json', 'containers.list'],
  ['GET', '//v1.41//containers//json', 'containers.list'],
  ['GET', '/containers/%6Ason', 'containers.list'],
  ['POST', '/v1.41/containers/create/', 'containers.create'],
  ['DELETE', '/v1.41/images/a/b/c:d', 'images.remove'],
  ['HEAD', '/_ping', 'system.ping'],
  ['POST', '/v1.41/containers/x/exec', 'exec.create'],
  ['GET', '/v1.41/images/get', 'images.save'],
  ['POST', '/v1.41/swarm/init', 'http.post'],
])('the request %s %s is the operation %s', (verb, uri, name) => {
  expect(operationOf(verb, uri, Buffer.alloc(0)).name).toBe(name)
})
