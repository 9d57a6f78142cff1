import { codedError } from '@moby/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleImage, streamOf } from '../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const tar = { 'content-type': 'application/x-tar' }

describe('images', () => {
  it('are inspected with the prefix of the digest and, by version, empty fields of the configuration', async () => {
    api = await startTestApi({ images: { inspect: async () => sampleImage() } })
    const image = (await api.json('GET', '/images/library/busybox:latest/json')) as Record<string, unknown>
    expect(api.calls.at(-1)?.request).toEqual({ ref: 'library/busybox:latest' })
    expect(image).toMatchObject({
      Id: `sha256:${'a'.repeat(64)}`,
      RepoTags: ['busybox:latest'],
      RepoDigests: [],
      Size: 4_261_550,
      Config: { Cmd: ['sh'], Env: null, User: '' },
      RootFS: { Type: 'layers', Layers: [`sha256:${'1'.repeat(64)}`] },
    })
    expect(image).not.toHaveProperty('VirtualSize')
    expect(await api.json('GET', '/v1.43/images/x/json')).toMatchObject({
      VirtualSize: 4_261_550,
      Config: { Hostname: '', Tty: false },
    })
  })

  it('are asked for by platform, and are not there for another', async () => {
    const inspect = async ({ platform }: { platform?: string }) => {
      if (platform === 'linux/amd64') return sampleImage()
      throw codedError('PLATFORM_NOT_FOUND', 'not for that')
    }
    api = await startTestApi({ images: { inspect } })
    const ask = async (platform: object) =>
      (await api.call('GET', `/images/x/json?platform=${encodeURIComponent(JSON.stringify(platform))}`)).status
    expect(await ask({ os: 'linux', architecture: 'amd64' })).toBe(200)
    expect(await ask({ os: 'linux', architecture: 'arm64' })).toBe(404)
    expect(await ask({ os: 'linux' })).toBe(400)
  })

  it('are listed with -1 containers before 1.51 and <none> before 1.43', async () => {
    const nameless = sampleImage({ tags: [], containers: 2 })
    api = await startTestApi({ images: { list: async () => ({ images: [nameless] }) } })
    expect(await api.json('GET', '/images/json?digests=1')).toMatchObject([
      { Containers: 2, RepoTags: [], SharedSize: -1 },
    ])
    expect(await api.json('GET', '/v1.42/images/json')).toMatchObject([
      { Containers: -1, RepoTags: ['<none>:<none>'], VirtualSize: 4_261_550 },
    ])
  })

  it('are loaded from the body as it comes, with progress, and errors inside the stream once it has begun', async () => {
    api = await startTestApi({
      images: {
        load: async function* (_request, input) {
          let size = 0
          for await (const chunk of input) size += chunk.length
          yield { id: 'abc', status: 'Loading layer', current: size, total: size }
          yield { stream: 'Loaded image: busybox:latest\n' }
          throw codedError('ARCHIVE_TRUNCATED', 'unexpected end at byte 7')
        },
      },
    })
    const { status, text } = await api.call('POST', '/images/load?quiet=0', 'archive', tar)
    expect(status).toBe(200)
    expect(
      text
        .trim()
        .split('\r\n')
        .map((row) => JSON.parse(row) as unknown),
    ).toEqual([
      { status: 'Loading layer', progressDetail: { current: 7, total: 7 }, id: 'abc' },
      { stream: 'Loaded image: busybox:latest\n' },
      { errorDetail: { message: 'unexpected end at byte 7' }, error: 'unexpected end at byte 7' },
    ])
  })

  it('fail to load with an ordinary error when nothing was sent before it', async () => {
    api = await startTestApi({
      images: {
        // oxlint-disable-next-line require-yield -- a stream that fails before its first item
        load: async function* () {
          throw codedError('ARCHIVE_INVALID', 'the archive is no tar')
        },
      },
    })
    expect(await api.call('POST', '/images/load', 'x', tar)).toMatchObject({ status: 400 })
  })

  it('are imported with their name, message and changes', async () => {
    api = await startTestApi({ images: { import: () => streamOf({ status: 'sha256:1' }) } })
    const query = 'fromSrc=-&repo=localhost:5000/a/b&tag=v1&changes=CMD+sh&changes=ENV+A%3Db&message='
    expect((await api.call('POST', `/images/create?${query}`, 'tar', tar)).text).toBe('{"status":"sha256:1"}\r\n')
    expect(api.calls.at(-1)?.request).toEqual({
      reference: 'localhost:5000/a/b:v1',
      message: 'Imported from -',
      changes: ['CMD sh', 'ENV A=b'],
    })
    expect((await api.call('POST', '/images/create?fromSrc=http://x')).status).toBe(501)
  })

  it('are tagged, removed and told of', async () => {
    api = await startTestApi({
      images: {
        tag: async () => ({}),
        remove: async () => ({
          changes: [
            { kind: 'untagged', name: 'a:1' },
            { kind: 'deleted', name: 'sha256:1' },
          ],
        }),
        inspect: async () => sampleImage(),
      },
    })
    expect((await api.call('POST', '/images/busybox/tag?repo=docker.io/library/x&tag=2')).status).toBe(201)
    expect(api.calls.at(-1)?.request).toEqual({ ref: 'busybox', target: 'docker.io/library/x:2' })
    expect(await api.json('DELETE', '/images/a:1?force=1')).toEqual([{ Untagged: 'a:1' }, { Deleted: 'sha256:1' }])
    expect(await api.json('GET', '/images/x/history')).toEqual([
      {
        Comment: '',
        Created: 1_767_323_045,
        CreatedBy: 'ADD rootfs',
        Id: `sha256:${'a'.repeat(64)}`,
        Size: 4_261_550,
        Tags: ['busybox:latest'],
      },
    ])
  })

  it('are pruned by filters, and an unknown one removes nothing', async () => {
    const changes = [
      { kind: 'untagged' as const, name: 'a:1' },
      { kind: 'deleted' as const, name: 'sha256:1' },
    ]
    api = await startTestApi({ images: { prune: async () => ({ changes, spaceReclaimed: '4261550' }) } })
    const filters = encodeURIComponent('{"dangling":["0"],"label":["a=1"],"label!":["b"],"until":["1000"]}')
    expect(await api.json('POST', `/images/prune?filters=${filters}`)).toEqual({
      ImagesDeleted: [{ Untagged: 'a:1' }, { Deleted: 'sha256:1' }],
      SpaceReclaimed: 4_261_550,
    })
    expect(api.calls.at(-1)?.request).toEqual({
      all: true,
      labels: ['a=1'],
      notLabels: ['b'],
      createdBefore: '1970-01-01T00:16:40Z',
    })
    const { calls } = api
    const before = calls.length
    expect((await api.call('POST', '/images/prune?filters={"colour":["red"]}')).status).toBe(400)
    expect(calls).toHaveLength(before)
  })
})
