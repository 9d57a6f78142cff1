import { codedError, type authAuthorize, type DriverSet, type Implementation, type RequestOf } from '@moby/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleContainer } from '../fixtures/fake-engine.ts'
import { RawClient } from '../fixtures/raw-client.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

type Authorizer = Implementation<typeof authAuthorize>
type Asked = RequestOf<typeof authAuthorize, 'authorize'>

let api: TestApi
afterEach(async () => await api.close())

function drivers(...list: [string, Partial<Authorizer>][]): DriverSet<typeof authAuthorize> {
  const named = list.map(([name, methods]) => ({
    name,
    component: `test/${name}@1.0.0`,
    handle: {
      authorize: async () => ({ allow: true }),
      authorizeResponse: async () => {
        throw codedError('NOT_SUPPORTED', 'answers are not looked at')
      },
      ...methods,
    },
  }))
  return {
    has: (name) => named.some((driver) => driver.name === name),
    get: (name) => {
      const found = named.find((driver) => driver.name === name)
      if (found === undefined) throw new Error(name)
      return found.handle
    },
    list: () => named,
  }
}

const methods = {
  containers: {
    create: async () => ({ id: 'new', warnings: [] }),
    list: async () => ({ containers: [] }),
    inspect: async () => sampleContainer(),
  },
}

describe('authorization', () => {
  it('is decided on the parsed operation, with the evidence beside it and no credentials in it', async () => {
    const asked: Asked[] = []
    const record: Authorizer['authorize'] = async (request) => {
      asked.push(request)
      return { allow: true }
    }
    api = await startTestApi(methods, drivers(['first', { authorize: record }]))
    const body = { image: 'busybox', hostconfig: { PRIVILEGED: true } }
    const headers = { 'x-registry-auth': 'secret', authorization: 'secret', 'x-kept': 'yes' }
    expect((await api.call('POST', '/v1.44/containers/create?name=n', body, headers)).status).toBe(201)
    expect(asked).toHaveLength(1)
    const [{ principal, operation, http }] = asked as [Asked]
    expect(principal.name).toBe('root')
    expect(operation.name).toBe('containers.create')
    expect(operation.request).toEqual(api.calls.find(({ operation }) => operation === 'containers.create')?.request)
    expect(operation.request).toMatchObject({ name: 'n', spec: { image: 'busybox', privileged: true } })
    expect(http).toMatchObject({ method: 'POST', uri: '/v1.44/containers/create?name=n', headers: { 'x-kept': 'yes' } })
    expect(JSON.stringify(http?.headers)).not.toContain('secret')
    expect(JSON.parse(Buffer.from(http?.body ?? []).toString())).toEqual(body)
  })

  it('shows whose registries and which secrets are used, and never a password or a secret', async () => {
    const asked: Asked[] = []
    const record: Authorizer['authorize'] = async (request) => {
      asked.push(request)
      return { allow: true }
    }
    const given: unknown[] = []
    api = await startTestApi(
      {
        distribution: {
          login: async (request: unknown) => {
            given.push(request)
            return {}
          },
        },
        images: {
          pull: async function* (request: unknown) {
            given.push(request)
            yield { status: 'done' }
          },
        },
      },
      drivers(['first', { authorize: record }]),
    )
    const login = { username: 'me', password: 'hunter2', serveraddress: 'r.example' }
    expect((await api.call('POST', '/auth', login)).status).toBe(200)
    const header = Buffer.from(JSON.stringify({ username: 'me', password: 'hunter2' })).toString('base64url')
    await api.call('POST', '/images/create?fromImage=r.example/a&tag=1', undefined, { 'x-registry-auth': header })
    expect(JSON.stringify(given)).toContain('hunter2')
    expect(asked.map(({ operation }) => operation.request)).toMatchObject([
      { server: 'r.example', credentials: { username: '***', password: '***' } },
      { reference: 'r.example/a:1', credentials: { username: '***', password: '***' } },
    ])
    expect(asked.map(({ http }) => http?.body)).toEqual([undefined, undefined])
    expect(JSON.stringify(asked)).not.toContain('hunter2')
  })

  it('needs every driver to allow, and stops before the engine when one denies', async () => {
    const deny: Authorizer['authorize'] = async () => ({ allow: false, message: 'not on Sundays' })
    api = await startTestApi(methods, drivers(['first', {}], ['second', { authorize: deny }]))
    const reply = await api.call('POST', '/containers/create', { Image: 'x' })
    expect(reply).toMatchObject({
      status: 403,
      text: '{"message":"authorization denied by plugin second: not on Sundays"}\n',
    })
    expect(api.calls.map(({ operation }) => operation)).not.toContain('containers.create')
  })

  it('D16 takes a failing driver for a denial', async () => {
    const fail: Authorizer['authorize'] = async () => {
      throw new Error('connection refused')
    }
    api = await startTestApi(methods, drivers(['broken', { authorize: fail }]))
    const reply = await api.call('GET', '/containers/json')
    expect(reply.status).toBe(403)
    expect(reply.text).toContain('authorization denied by plugin broken: it failed: connection refused')
  })

  it('holds for raw connections, before anything is told about the container', async () => {
    const deny: Authorizer['authorize'] = async ({ operation }) => ({ allow: operation.name !== 'containers.attach' })
    api = await startTestApi(methods, drivers(['first', { authorize: deny }]))
    const client = await RawClient.connect(api.socket)
    client.write(
      'POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    )
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 403 /)
    expect(api.calls).toEqual([])
    client.destroy()
  })

  it('may withhold an answer', async () => {
    const withhold: Authorizer['authorizeResponse'] = async ({ body, status }) => {
      expect(status).toBe(200)
      expect(Buffer.from(body ?? []).toString()).toBe('[]\n')
      return { allow: false, message: 'for your eyes not' }
    }
    api = await startTestApi(methods, drivers(['first', { authorizeResponse: withhold }]))
    expect(await api.call('GET', '/containers/json')).toMatchObject({ status: 403 })
  })
})
