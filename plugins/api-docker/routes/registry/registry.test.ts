import { codedError, type Progress } from '@moby/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { streamOf } from '../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const credentials = { username: 'me', password: 'secret' }
const auth = { 'x-registry-auth': Buffer.from(JSON.stringify(credentials)).toString('base64url') }
const lines = (text: string) =>
  text
    .trim()
    .split('\r\n')
    .map((line) => JSON.parse(line) as unknown)

describe('a pull', () => {
  const told: Progress[] = [
    { status: 'Pulling from library/x', id: '1' },
    { status: 'Pulling fs layer', id: 'aaaaaaaaaaaa' },
    { status: 'Downloading', id: 'aaaaaaaaaaaa', current: 1, total: 2 },
    { status: 'Status: Downloaded newer image for x:1' },
  ]

  it('is told as it goes, with the credentials of the client', async () => {
    api = await startTestApi({ images: { pull: () => streamOf(...told) } })
    const { status, text } = await api.call('POST', '/images/create?fromImage=x&tag=1&platform=linux/arm64', '', auth)
    expect(status).toBe(200)
    expect(lines(text)).toEqual([
      { status: 'Pulling from library/x', id: '1' },
      { status: 'Pulling fs layer', progressDetail: {}, id: 'aaaaaaaaaaaa' },
      { status: 'Downloading', progressDetail: { current: 1, total: 2 }, id: 'aaaaaaaaaaaa' },
      { status: 'Status: Downloaded newer image for x:1' },
    ])
    expect(api.calls.at(-1)?.request).toEqual({ reference: 'x:1', platform: 'linux/arm64', credentials })
  })

  it.each([
    ['fromImage=x&tag=sha256:00', { reference: 'x@sha256:00' }],
    ['fromImage=h:5000/x', { reference: 'h:5000/x', allTags: true }],
    ['fromImage=x:', { reference: 'x', allTags: true }],
    ['fromImage=h:5000/x:2', { reference: 'h:5000/x:2' }],
  ])('%s asks for the right thing', async (query, request) => {
    api = await startTestApi({ images: { pull: () => streamOf(...told) } })
    await api.call('POST', `/images/create?${query}`)
    expect(api.calls.at(-1)?.request).toEqual(request)
  })

  it.each([
    ['REGISTRY_NOT_FOUND', 404],
    ['REGISTRY_DENIED', 404],
    ['REGISTRY_UNAUTHORIZED', 500],
    ['REGISTRY_UNREACHABLE', 500],
    ['REGISTRY_RATE_LIMITED', 500],
    ['IMAGE_REFERENCE_INVALID', 400],
    ['PLATFORM_NOT_FOUND', 404],
  ] as const)('that fails with %s before its first line answers %i', async (code, status) => {
    const pull = async function* (): AsyncGenerator<Progress> {
      yield* []
      throw codedError(code, 'in words')
    }
    api = await startTestApi({ images: { pull } })
    expect(await api.call('POST', '/images/create?fromImage=x&tag=1')).toMatchObject({
      status,
      text: expect.stringContaining('{"message":"in words"}'),
    })
  })
})

describe('a push', () => {
  it('tells its errors in the stream', async () => {
    const push = async function* (): AsyncGenerator<Progress> {
      yield { status: 'The push refers to repository [h/x]' }
      yield { status: 'Preparing', id: 'a' }
      yield { aux: { Tag: '1' } }
      throw codedError('IMAGE_NOT_FOUND', 'An image does not exist locally with the tag: h/x')
    }
    api = await startTestApi({ images: { push } })
    const { status, text } = await api.call('POST', '/v1.46/images/h/x/push?tag=1', '', auth)
    expect(status).toBe(200)
    const message = 'An image does not exist locally with the tag: h/x'
    expect(lines(text)).toEqual([
      { status: 'The push refers to repository [h/x]' },
      { status: 'Preparing', progressDetail: {}, id: 'a' },
      { aux: { Tag: '1' } },
      { errorDetail: { message }, error: message },
    ])
    expect(api.calls.at(-1)?.request).toEqual({ reference: 'h/x:1', credentials })
  })
})

describe('a registry', () => {
  it('lets in who logs in', async () => {
    api = await startTestApi({ distribution: { login: async () => ({ identityToken: 't' }) } })
    const body = JSON.stringify({ ...credentials, serveraddress: 'h:5000' })
    expect(await api.json('POST', '/auth', body)).toEqual({ IdentityToken: 't', Status: 'Login Succeeded' })
    expect(api.calls.at(-1)?.request).toEqual({ server: 'h:5000', credentials })
  })

  it('refuses a wrong password', async () => {
    const login = async () => {
      throw codedError('REGISTRY_UNAUTHORIZED', 'wrong password')
    }
    api = await startTestApi({ distribution: { login } })
    expect((await api.call('POST', '/auth', '{}')).status).toBe(401)
  })

  it('tells what a reference names', async () => {
    const platforms = [{ os: 'linux', architecture: 'arm', variant: 'v7' }]
    const inspect = async () => ({ mediaType: 'a/b', digest: 'sha256:0', size: '7', platforms })
    api = await startTestApi({ distribution: { inspect } })
    expect(await api.json('GET', '/distribution/h/x:1/json')).toEqual({
      Descriptor: { mediaType: 'a/b', digest: 'sha256:0', size: 7 },
      Platforms: [{ architecture: 'arm', os: 'linux', variant: 'v7' }],
    })
  })

  it('is searched, within limits', async () => {
    const result = { name: 'x', description: 'd', stars: 3, official: true, automated: false }
    api = await startTestApi({ distribution: { search: async () => ({ results: [result] }) } })
    const filters = encodeURIComponent('{"is-official":["true"],"stars":["3","1"]}')
    expect(await api.json('GET', `/images/search?term=x&limit=5&filters=${filters}`)).toEqual([
      { star_count: 3, is_official: true, name: 'x', is_automated: false, description: 'd' },
    ])
    expect(api.calls.at(-1)?.request).toEqual({ term: 'x', limit: 5, official: true, stars: 3 })
    expect((await api.call('GET', '/images/search?term=x&limit=101')).status).toBe(400)
    expect((await api.call('GET', '/images/search?term=x&filters={"a":["b"]}')).status).toBe(400)
    expect((await api.call('GET', '/images/search')).status).toBe(400)
  })
})
