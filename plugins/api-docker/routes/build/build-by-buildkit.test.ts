import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { ServerHttp2Stream } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { codedError, type BuildProgress, type BuildSpec } from '@moby/contracts'
import { makeTar } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BuildService } from '../../build-service/build-service.ts'
import { StatusResponse } from '../../build-service/messages/control-messages.ts'
import { CredentialsRequest, CredentialsResponse } from '../../build-service/messages/session-messages.ts'
import { BuildkitBridge } from '../../buildkit/bridge.ts'
import { openSession } from '../../../../test/peers/buildkit-client.ts'
import { answerGrpc, failGrpc, messagesOf } from '../../../../test/peers/grpc.ts'
import { RawClient } from '../../fixtures/raw-client.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

const tar = { 'content-type': 'application/x-tar' }
const dockerfile = 'FROM registry.test/base\nRUN make\n'
const context = makeTar([{ name: './Dockerfile', content: dockerfile }])
const step = { stage: 'made', stages: 1, number: 1, count: 1, text: 'RUN make', line: 2 }

let folder: string
let api: TestApi
/** What the builder was given. */
let spec: BuildSpec | undefined
let given: Buffer
let tell: (signal: AbortSignal) => AsyncIterable<BuildProgress>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'))
  spec = undefined
  tell = async function* () {
    yield { step }
    yield { output: { from: 'stdout', text: 'made' }, stream: 'made' }
    yield { imageId: 'sha256:1' }
  }
  const builder = {
    examine: async () => ({ images: ['registry.test/base'], secrets: ['word'], excluded: [] }),
    build: async function* (
      asked: BuildSpec,
      input: AsyncIterable<Uint8Array>,
      call?: { signal?: AbortSignal | undefined },
    ) {
      spec = asked
      given = Buffer.concat(await Array.fromAsync(input))
      yield* tell(call?.signal ?? new AbortController().signal)
    },
  }
  api = await startTestApi(
    { builder, images: { checkName: async () => ({}), tag: async () => ({}) } },
    undefined,
    new BuildService(folder),
  )
})
afterEach(async () => {
  await api.close()
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
})

const post = async (query: string, body = context) => await api.send('POST', `/build?version=2&${query}`, body, tar)
const linesOf = (text: string) =>
  text
    .trim()
    .split('\r\n')
    .map((line) => JSON.parse(line) as { id?: string; aux?: string; error?: string; stream?: string })
const stepsOf = (text: string) =>
  linesOf(text)
    .flatMap(({ id, aux }) =>
      id === 'moby.buildkit.trace' ? [StatusResponse.decode(Buffer.from(aux ?? '', 'base64'))] : [],
    )
    .flatMap(({ vertexes }) => vertexes)
    .filter(({ completed }) => completed !== undefined)
    .map(({ name, error }) => (error === '' ? name : `${name}: ${error}`))

it('a build whose context is the body tells its steps in the words of BuildKit, and its image at the end', async () => {
  const { status, text } = await post('t=one:1&t=two&buildargs={"A":"1","B":null}&nocache=1')
  expect(status).toBe(200)
  expect(stepsOf(text)).toEqual(['[internal] load remote build context', '[1/1] RUN make', 'exporting to image'])
  expect(linesOf(text).at(-1)).toEqual({ id: 'moby.image.id', aux: { ID: 'sha256:1' } })
  expect(spec).toMatchObject({ tags: [], args: { A: '1' }, noCache: true, dockerfile: 'Dockerfile' })
  expect(spec?.args).not.toHaveProperty('B')
  expect(given.equals(context)).toBe(true)
  const tags = api.calls.filter(({ operation }) => operation === 'images.tag').map(({ request }) => request)
  expect(tags).toEqual([
    { ref: 'sha256:1', target: 'one:1' },
    { ref: 'sha256:1', target: 'two' },
  ])
})

it('what fails is the last line, in the words of BuildKit', async () => {
  tell = async function* () {
    yield { step }
    throw codedError('BUILD_STEP_FAILED', 'x', { details: { exitCode: 3, command: '/bin/sh -c make' } })
  }
  const { status, text } = await post('')
  const words = 'process "/bin/sh -c make" did not complete successfully: exit code: 3'
  expect([status, linesOf(text).at(-1)]).toEqual([200, { errorDetail: { message: words }, error: words }])
  expect(stepsOf(text)).toContain(`[1/1] RUN make: ${words}`)
  const quiet = linesOf((await post('q=1')).text)
  expect([quiet.length > 1, quiet.at(-1)?.error]).toEqual([true, words])
})

it('a quiet build tells the id alone', async () => {
  expect(linesOf((await post('q=1')).text)).toEqual([{ stream: 'sha256:1\n' }])
})

it('the session of its client is asked for what the Dockerfile needs, whichever calls it tells of', async () => {
  const asked: string[] = []
  const session = await openSession(api.socket, { 'x-docker-expose-session-uuid': 's1' })
  session.on('stream', async (stream: ServerHttp2Stream, headers) => {
    const [message = Buffer.alloc(0)] = await Array.fromAsync(messagesOf(stream))
    asked.push(String(headers[':path']).replace(/.*\//, ''))
    if (headers[':path'] !== '/moby.filesync.v1.Auth/Credentials') return failGrpc(stream, '12', 'unknown service')
    asked.push(CredentialsRequest.decode(message).host)
    answerGrpc(stream, [CredentialsResponse.encode({ username: 'me', secret: 'word' })])
  })
  try {
    for (const body of [context, gzipSync(context)]) {
      asked.length = 0
      const { text } = await post('session=s1', body)
      expect(linesOf(text).at(-1)).toEqual({ id: 'moby.image.id', aux: { ID: 'sha256:1' } })
      expect(asked).toEqual(['Credentials', 'registry.test', 'GetSecret'])
      expect(spec).toMatchObject({ registries: { 'registry.test': { username: 'me', password: 'word' } }, secrets: {} })
      expect(given.equals(body)).toBe(true)
    }
    expect(api.calls.find(({ operation }) => operation === 'builder.examine')?.request).toMatchObject({
      dockerfileContent: dockerfile,
    })
    // What is wrong with an archive is for the builder to say.
    asked.length = 0
    await post('session=s1', Buffer.from('garbage'))
    expect([asked, String(given)]).toEqual([[], 'garbage'])
  } finally {
    session.destroy()
  }
})

it.each([
  ['version=3', 400, 'invalid version'],
  ['version=2&networkmode=mine', 400, 'not supported by buildkit'],
  ['version=2&outputs=5', 400, 'error reading outputs'],
  ['version=2&outputs=[{"Type":"tar"},{"Type":"local"}]', 501, 'multiple outputs not supported'],
  ['version=2&remote=upload-request', 501, 'as the body of the build'],
  ['version=1&outputs=[{"Type":"tar"}]', 501, 'need BuildKit'],
])('%s is refused before anything is built', async (query, status, message) => {
  const answer = await api.send('POST', `/build?${encodeURI(query)}`, context, tar)
  expect(answer).toMatchObject({ status, text: expect.stringContaining(message) })
  expect(spec).toBeUndefined()
})

it('an output that is unknown fails, and one for the cache alone makes no image', async () => {
  const outputs = (type: string) => `outputs=${encodeURIComponent(JSON.stringify([{ Type: type }]))}`
  expect(linesOf((await post(outputs('oci'))).text).at(-1)?.error).toContain('type=oci is not supported')
  const { text } = await post(outputs('cacheonly'))
  expect([stepsOf(text), linesOf(text).some(({ id }) => id === 'moby.image.id')]).toEqual([
    ['[internal] load remote build context', '[1/1] RUN make'],
    false,
  ])
})

it('a build ends with its client', async () => {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  tell = async function* (signal) {
    yield { step }
    begun.resolve()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    ended.resolve()
  }
  const client = await RawClient.connect(api.socket)
  client.write(
    `POST /build?version=2 HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-tar\r\nContent-Length: ${context.length}\r\n\r\n`,
  )
  client.write(context)
  await begun.promise
  client.destroy()
  await ended.promise
})

it('a build that was given an id is cancelled by it', async () => {
  const begun = Promise.withResolvers<void>()
  tell = async function* (signal) {
    yield { step }
    begun.resolve()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    throw codedError('CANCELLED', 'it was given up')
  }
  const building = post('buildid=mine')
  await begun.promise
  for (const id of ['other', 'mine']) {
    expect((await api.call('POST', `/build/cancel?id=${id}`)).status).toBe(200)
  }
  expect(linesOf((await building).text).at(-1)?.error).toBe('it was given up')
  expect((await api.call('POST', '/build/cancel')).status).toBe(400)
})

it('an engine that is bridged to a daemon says how builds come to it', async () => {
  await api.close()
  api = await startTestApi({}, undefined, new BuildkitBridge(join(folder, 'none.sock')))
  expect(await post('')).toMatchObject({ status: 501, text: expect.stringContaining('in its own protocol alone') })
})
