import { once } from 'node:events'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { makeTar } from '@moby/lib-tar/testing'
import { SolveRequest, StatusResponse } from '../../../plugins/api-docker/build-service/messages/control-messages.ts'
import { BuildClient, type BuildWish } from '../../peers/build-client.ts'
import { callGrpc } from '../../peers/grpc.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { until } from '../until.ts'

const control = '/moby.buildkit.v1.Control'
const moby = (name: string) => [{ type: 'moby', attributes: { name } }]

export function proveBuildkitBuild(shared: SharedEngine): void {
  let engine: EngineProcess
  let client: BuildClient

  const containers = async (): Promise<unknown[]> =>
    JSON.parse((await engine.request('GET', '/containers/json?all=1')).body) as unknown[]
  /** A build of this Dockerfile, with files for its context. */
  const build = async (dockerfile: string, files: Readonly<Record<string, string>> = {}, more: BuildWish = {}) => {
    const context = Object.entries(files).map(([path, content]) => ({ path, content }))
    const folders = { dockerfile: [{ path: 'Dockerfile', content: dockerfile }], context }
    return await client.build({ folders, ...more })
  }

  beforeAll(async () => {
    engine = shared.engine
  })
  beforeEach(async () => {
    client = await BuildClient.connect(engine.socket)
  })
  afterEach(() => client.close())

  it('makes an image of the files of its client, tells its steps, and takes them from the cache the next time', async () => {
    const dockerfile = 'FROM busybox\nARG A\nCOPY . /\nRUN echo "$A $(cat /given)" && test ! -e /left.out\nLABEL x=y\n'
    const files = { '.dockerignore': '*.out\n', given: 'given', 'left.out': 'no' }
    const wish = { options: { 'build-arg:A': 'arg', 'label:one': '1' }, exporters: moby('made:1,other.test/made:2') }
    const first = await build(dockerfile, files, wish)
    expect([first.status, first.message]).toEqual(['0', ''])
    expect(first.output).toBe('arg given\n')
    expect(first.told).toMatchObject({
      'containerimage.digest': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'image.name': 'made:1,other.test/made:2',
    })
    const again = await build(dockerfile, files, wish)
    expect(again.told).toEqual(first.told)
    expect(again.steps.filter((step) => !step.startsWith('[internal]'))).toEqual([
      '[1/6] FROM busybox',
      'CACHED [2/6] ARG A',
      'CACHED [3/6] COPY . /',
      expect.stringContaining('CACHED [4/6] RUN echo'),
      'CACHED [5/6] LABEL x=y',
      'CACHED [6/6] LABEL one=1',
      'exporting to image',
    ])
    const { Id, RepoTags, Config } = JSON.parse((await engine.request('GET', '/images/made:1/json')).body) as {
      Id: string
      RepoTags: string[]
      Config: { Labels: object }
    }
    expect([Id, RepoTags.toSorted()]).toEqual([first.told['containerimage.digest'], ['made:1', 'other.test/made:2']])
    expect(Config.Labels).toEqual({ x: 'y', one: '1' })
    const patterns = client.served.map((headers) => headers['exclude-patterns']).filter((each) => each !== undefined)
    expect(patterns).toEqual(['*.out', '*.out'])
  })

  it('is asked for by one request too, with the context as its body, as by dockerode', async () => {
    const dockerfile =
      'FROM busybox\nRUN --mount=type=cache,target=/kept cp /bin/busybox /kept/ && echo "made of $(cat /given)"\nCOPY . /\n'
    const wrong = dockerfile.replace('cat /given', 'cat /none').replace('&& echo', '&& cat /none && echo')
    const context = makeTar([
      { name: 'Dockerfile', content: dockerfile.replace('RUN', 'COPY given /\nRUN') },
      { name: 'Wrong', content: wrong },
      { name: 'given', content: 'what was given' },
    ])
    const ask = async (query: string) => {
      const { status, body } = await engine.request('POST', `/build?version=2&${query}`, context)
      const lines = body.trim().split('\r\n')
      return { status, lines: lines.map((line) => JSON.parse(line) as { id?: string; aux?: unknown; error?: string }) }
    }
    const { status, lines } = await ask('t=asked:1')
    const updates = lines.flatMap(({ id, aux }) =>
      id === 'moby.buildkit.trace' ? [StatusResponse.decode(Buffer.from(String(aux), 'base64'))] : [],
    )
    const output = updates.flatMap(({ logs }) => logs.map(({ data }) => Buffer.from(data).toString())).join('')
    expect([status, output]).toEqual([200, 'made of what was given\n'])
    const { Id } = JSON.parse((await engine.request('GET', '/images/asked:1/json')).body) as { Id: string }
    expect(lines.at(-1)).toEqual({ id: 'moby.image.id', aux: { ID: Id } })
    const failed = (await ask('dockerfile=Wrong')).lines.at(-1)
    expect(failed?.error).toMatch(/^process "\/bin\/sh -c .*" did not complete successfully: exit code: 1$/)
    expect(await containers()).toEqual([])
  })

  it('fails with the line of the Dockerfile, and without a container left', async () => {
    const failed = await build('FROM busybox\n\nRUN exit 3\n')
    expect([failed.status, failed.message]).toEqual([
      '2',
      'process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
    ])
    expect(failed.details.toString()).toContain('errdefs.Source+json')
    expect(failed.details.toString()).toContain('{"start":{"line":3},"end":{"line":3}}')
    const unread = await build('FROM busybox\nNONSENSE\n')
    expect(unread.message).toBe('dockerfile parse error on line 2: unknown instruction: NONSENSE')
    expect((await client.build({ folders: {} })).message).toContain('open Dockerfile: no such file or directory')
    expect(await containers()).toEqual([])
  })

  it('gets secrets and asks for the credentials of registries, each by its name', async () => {
    const dockerfile = 'FROM busybox\nRUN --mount=type=secret,id=token cat /run/secrets/token\n'
    expect((await build(dockerfile, {}, { secrets: { token: 'told to RUN' } })).output).toBe('told to RUN')
    const failed = await build('FROM 127.0.0.1:1/none AS a\nFROM busybox\nCOPY --from=a / /\n')
    expect(failed.message).toContain('127.0.0.1:1')
    expect(client.hosts).toEqual(['registry-1.docker.io', '127.0.0.1:1', 'registry-1.docker.io'])
  })

  it('sends the files of the image as an archive to who wants them', async () => {
    const { status, archive } = await build(
      'FROM scratch\nCOPY a /folder/a\n',
      { a: 'content' },
      {
        exporters: [{ type: 'tar', attributes: {} }],
      },
    )
    expect(status).toBe('0')
    expect(archive.toString('latin1')).toMatch(/folder\/\0[\s\S]*folder\/a\0[\s\S]*content/)
  })

  it('refuses in words what it cannot do', async () => {
    const refused = async (path: string, request: Uint8Array) => {
      const { head } = await callGrpc(client.control, path, [request])
      return [head['grpc-status'], decodeURIComponent(String(head['grpc-message']))]
    }
    expect(await refused('/any.Service/Method', new Uint8Array())).toEqual([
      '12',
      'unknown method Method for service any.Service',
    ])
    const llb = SolveRequest.encode({ ref: 'llb', definition: Buffer.from([1]) })
    expect(await refused(`${control}/Solve`, llb)).toEqual(['12', expect.stringContaining('LLB')])
    const named = await build('FROM busybox\n', {}, { options: { 'context:other': 'oci-layout://x' } })
    expect(named.message).toContain('context other=oci-layout://x is not supported')
    const output = await build('FROM busybox\n', {}, { exporters: [{ type: 'oci', attributes: {} }] })
    expect(output.message).toContain('type=oci is not supported')
  })

  it('is over when its client goes', async () => {
    const building = build('FROM busybox\nRUN sleep 1000\n')
    await until(async () => (await containers()).length === 1)
    const gone = once(client.control, 'close')
    client.close()
    await gone
    await building
    await until(async () => (await containers()).length === 0)
  })
}
