import { makeTar } from '@moby/lib-tar/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { putImage, putIndex } from '../../peers/make-image.ts'
import { RegistryPeer } from '../../peers/registry.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { asker, bytesOf, messages, type Ask } from './ask.ts'

const id = /^sha256:[0-9a-f]{64}$/

export function proveImages(shared: SharedEngine): void {
  let engine: EngineProcess
  let registry: RegistryPeer
  let ask: Ask

  beforeAll(async () => {
    engine = shared.engine
    registry = await RegistryPeer.start()
    ask = asker(engine)
  })
  afterAll(async () => {
    await registry.stop()
  })

  const idOf = async (name: string) => (await ask('GET', `/images/${name}/json`)).body['Id']
  const build = async (query: string, files: Readonly<Record<string, string>>) => {
    const context = makeTar([
      ...Object.entries(files).map(([name, content]) => ({ name, content })),
      { name: 'link', type: 'symlink', linkName: 'data' },
    ])
    return await engine.request('POST', `/build?${query}`, context)
  }

  it('T26 a build takes pull=0, labels and links, tells its id apart, and only the id when quiet', async () => {
    const files = { Dockerfile: 'FROM busybox\nCOPY link data /to/\n', data: 'here' }
    const labels = encodeURIComponent('{"a":"1"}')
    const told = await build(`t=told&pull=0&labels=${labels}`, files)
    expect(told.status).toBe(200)
    const aux = messages(told.body).flatMap((each) =>
      each['aux'] === undefined ? [] : [each['aux'] as { ID: string }],
    )
    expect(aux).toEqual([{ ID: await idOf('told') }])
    expect((await ask('GET', '/images/told/json')).body).toMatchObject({ Config: { Labels: { a: '1' } } })
    const quiet = await build(`t=quiet&q=1&pull=false`, files)
    expect(messages(quiet.body)).toEqual([{ stream: `${String(await idOf('quiet'))}\n` }])
  })

  it('T26 a build that fails is told in the stream, one that cannot begin by its status', async () => {
    const failed = await build('', { Dockerfile: 'FROM busybox\nRUN exit 7\n' })
    const message = "The command '/bin/sh -c exit 7' returned a non-zero code: 7"
    expect(failed.status).toBe(200)
    expect(messages(failed.body).at(-1)).toEqual({ errorDetail: { code: 7, message }, error: message })
    expect(await build('', { Dockerfile: 'FROM\n' })).toMatchObject({ status: 400 })
    expect(await build('dockerfile=None', {})).toMatchObject({
      status: 400,
      body: expect.stringContaining('Cannot locate specified Dockerfile: None') as string,
    })
  })

  it('T27 T28 a push tells layers, digest and size; a pull tells what it did, and renews a tag that is here', async () => {
    const name = `${registry.host}/team/app`
    await ask('POST', `/images/busybox/tag?repo=${name}&tag=1`)
    const pushed = messages((await engine.request('POST', `/images/${name}/push?tag=1`)).body)
    expect(pushed[0]).toEqual({ status: `The push refers to repository [${name}]` })
    expect(pushed.some(({ status, progressDetail }) => status === 'Pushing' && progressDetail !== undefined)).toBe(true)
    const { aux } = pushed.at(-1) as { aux: { Digest: string; Size: number } }
    expect(aux).toMatchObject({ Tag: '1', Digest: expect.stringMatching(id) as string })
    expect(aux.Size).toBeGreaterThan(100)
    expect(pushed.at(-2)).toEqual({ status: `1: digest: ${aux.Digest} size: ${aux.Size}` })

    const other = await putImage(registry.url, 'team/app', '1', [[{ name: 'new', content: 'new' }]])
    const pull = async () =>
      messages((await engine.request('POST', `/images/create?fromImage=${encodeURIComponent(name)}&tag=1`)).body)
    const renewed = await pull()
    expect(renewed.map(({ status }) => status)).toEqual(
      expect.arrayContaining([
        'Pulling from team/app',
        'Pull complete',
        `Digest: ${other.manifest.digest}`,
        `Status: Downloaded newer image for ${name}:1`,
      ]),
    )
    expect(await idOf(`${name}:1`)).toBe(other.id)
    expect((await pull()).at(-1)).toEqual({ status: `Status: Image is up to date for ${name}:1` })
  })

  it('T27 a pull that fails before anything came is no 200', async () => {
    const missing = await ask('POST', `/images/create?fromImage=${registry.host}/none/app&tag=1`)
    expect(missing).toEqual({
      status: 404,
      body: { message: `manifest for ${registry.host}/none/app:1 not found: manifest unknown: manifest unknown` },
    })
    expect((await ask('POST', '/images/create?fromImage=127.0.0.1:1/none/app&tag=1')).status).toBe(500)
  })

  it('T29 short names are those of docker.io, and never of localhost', async () => {
    const own = await idOf('busybox')
    for (const name of ['docker.io/library/busybox', 'docker.io%2Fbusybox:latest', 'library/busybox']) {
      expect([name, await idOf(name)]).toEqual([name, own])
    }
    expect((await ask('GET', '/images/localhost/busybox/json')).status).toBe(404)
    await ask('POST', '/images/busybox/tag?repo=docker.io/library/short&tag=1')
    expect((await ask('GET', '/images/short:1/json')).body['RepoTags']).toEqual(
      expect.arrayContaining(['busybox:latest', 'short:1']),
    )
  })

  it('T36 a list with digests is a list', async () => {
    for (const query of ['digests=true', 'digests=1&all=1', 'digests=false']) {
      const { status, body } = await ask('GET', `/images/json?${query}`)
      expect([query, status]).toEqual([query, 200])
      expect(body.find(({ RepoTags }) => (RepoTags as string[]).includes('busybox:latest'))).toMatchObject({
        Id: expect.stringMatching(id) as string,
        RepoDigests: expect.any(Array) as unknown[],
      })
    }
  })

  it('T37 an index is listed as the image of this host, not as an image of its own', async () => {
    const own = await putImage(registry.url, 'multi/app', 'own', [[{ name: 'a', content: 'own' }]])
    const other = await putImage(registry.url, 'multi/app', 's390x', [[{ name: 'a', content: 'other' }]], {
      architecture: 's390x',
    })
    const index = await putIndex(registry.url, 'multi/app', '1', [other, own])
    const name = `${registry.host}/multi/app`
    expect((await ask('POST', `/images/create?fromImage=${name}&tag=1`)).status).toBe(200)
    const filters = encodeURIComponent(JSON.stringify({ reference: [name] }))
    const { body } = await ask('GET', `/images/json?all=1&filters=${filters}`)
    expect(body.map(({ Id, RepoTags, RepoDigests }) => ({ Id, RepoTags, RepoDigests }))).toEqual([
      { Id: own.id, RepoTags: [`${name}:1`], RepoDigests: [`${name}@${index.digest}`] },
    ])
  })

  it('T38 an archive of several images is saved, and loaded with all its names', async () => {
    await build('t=second:1&q=1', { Dockerfile: 'FROM busybox\nLABEL second=1\n' })
    const [first, second] = [await idOf('busybox'), await idOf('second:1')]
    const archive = await bytesOf(engine, '/images/get?names=busybox&names=second:1')
    await ask('DELETE', '/images/second:1')
    expect((await ask('GET', '/images/second:1/json')).status).toBe(404)
    const loaded = await engine.request('POST', '/images/load?quiet=1', archive)
    expect(messages(loaded.body)).toEqual([
      { stream: 'Loaded image: busybox:latest\n' },
      { stream: 'Loaded image: second:1\n' },
    ])
    expect([await idOf('busybox'), await idOf('second:1')]).toEqual([first, second])
  })
}
