import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { openControl, openSession } from '../peers/buildkit-client.ts'
import { BuildkitDaemon, ListWorkersResponse, SolveRequest, SolveResponse } from '../peers/buildkit-daemon.ts'
import { answerGrpc, callGrpc, failGrpc, messagesOf } from '../peers/grpc.ts'
import { ConfiguredAssembly } from './configured-assembly.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { until } from './until.ts'

const control = '/moby.buildkit.v1.Control'
const moby = (name: string) => ({ type: 'moby', attributes: { name, push: 'true' } })

describe('the bridge to a BuildKit daemon', () => {
  let folder: string
  let assembly: ConfiguredAssembly
  let engine: EngineProcess
  let daemon: BuildkitDaemon
  let client: ClientHttp2Session
  const sessions: ServerHttp2Session[] = []

  const daemonPath = () => join(folder, 'buildkitd.sock')
  const imageIds = async (name: string): Promise<string[]> => {
    const filters = encodeURIComponent(JSON.stringify({ reference: [name] }))
    const { body } = await engine.request('GET', `/images/json?filters=${filters}`)
    return (JSON.parse(body) as { Id: string }[]).map(({ Id }) => Id)
  }
  const serve = async (
    id: string,
    answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, heard: readonly Buffer[]) => void,
  ) => {
    const session = await openSession(engine.socket, {
      'x-docker-expose-session-uuid': id,
      'x-docker-expose-session-grpc-method': '/moby.filesync.v1.Auth/FetchToken',
    })
    sessions.push(session)
    session.on('stream', async (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined)
      answer(stream, headers, await Array.fromAsync(messagesOf(stream)))
    })
    await until(async () => daemon.sessions.has(id))
    return session
  }
  const solve = async (request: Parameters<typeof SolveRequest.encode>[0]) =>
    await callGrpc(client, `${control}/Solve`, [SolveRequest.encode(request)])

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-bridge-'))
    assembly = await ConfiguredAssembly.write('moby/api-docker', async () => ({ buildkit: `unix://${daemonPath()}` }))
    engine = await EngineProcess.start({ assembly: assembly.file, endsContainers: true })
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await assembly.remove()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    daemon = await BuildkitDaemon.listen(daemonPath())
    client = await openControl(engine.socket)
  })
  afterEach(async () => {
    client.destroy()
    for (const session of sessions.splice(0)) session.destroy()
    await until(async () => daemon.connections === 0)
    daemon.close()
  })

  it('passes methods that nobody here knows, with headers of one name and trailers', async () => {
    const said = [Buffer.from('one'), Buffer.alloc(300_000, 'x')]
    const answered = await callGrpc(client, '/any.Service/Method', said, { 'x-several': ['a', 'b, c'] })
    expect(answered.messages.map((each) => each.equals(said[0] ?? each) || each.equals(said[1] ?? each))).toEqual([
      true,
      true,
    ])
    expect([answered.status, answered.trailers['x-heard']]).toEqual(['0', 'a, b, c'])
  })

  it('tells of workers without the label of an engine that keeps images in containerd', async () => {
    const { messages } = await callGrpc(client, `${control}/ListWorkers`, [new Uint8Array()])
    expect(ListWorkersResponse.decode(messages[0] ?? new Uint8Array()).records).toEqual([
      { id: 'w1', labels: [{ key: 'org.mobyproject.buildkit.worker.executor', value: 'oci' }] },
    ])
  })

  it('brings the image of a build into the engine, and the daemon and its client to each other', async () => {
    const { archive } = await makeBusyboxImage({ reference: 'bridged:1' })
    daemon.archive = archive
    daemon.response = {
      'containerimage.digest': `sha256:${'1'.repeat(64)}`,
      'containerimage.config.digest': `sha256:${'2'.repeat(64)}`,
      'containerimage.descriptor': 'of the archive',
      other: 'kept',
    }
    const asked: string[] = []
    await serve('s1', (stream, headers, heard) => {
      asked.push(`${headers[':path']} ${heard.join()} ${headers['x-several']}`)
      answerGrpc(stream, [Buffer.from('a token')], { 'x-own': 'trailer' })
    })
    expect(daemon.sessions.get('s1')).toMatchObject({
      'x-docker-expose-session-grpc-method': '/moby.filesync.v1.Auth/FetchToken, /moby.filesync.v1.FileSend/DiffCopy',
    })
    const solved = await solve({ ref: 'r1', session: 's1', frontend: 'dockerfile.v0', exporters: [moby('bridged:1')] })
    expect(solved.status).toBe('0')
    expect(asked).toEqual(['/moby.filesync.v1.Auth/FetchToken r1 a, b'])
    expect(daemon.answered[0]).toMatchObject({ status: '0', trailers: { 'x-own': 'trailer' } })
    expect(daemon.answered[0]?.messages.join()).toBe('a token')
    expect(SolveRequest.decode(daemon.solved[0] ?? new Uint8Array())).toEqual({
      ref: 'r1',
      session: 's1',
      frontend: 'dockerfile.v0',
      exporters: [{ type: 'oci', attributes: { name: 'bridged:1', tar: 'true' } }],
    })
    expect(SolveResponse.decode(solved.messages[0] ?? new Uint8Array()).exporterResponse).toEqual({
      'containerimage.digest': `sha256:${'2'.repeat(64)}`,
      'containerimage.config.digest': `sha256:${'2'.repeat(64)}`,
      other: 'kept',
    })
    expect(await imageIds('bridged:1')).toHaveLength(1)
  })

  it('fails a build whose image cannot be kept', async () => {
    daemon.archive = Buffer.from('this is no archive'.repeat(100))
    await serve('s2', (stream) => answerGrpc(stream, []))
    const { status, head } = await solve({ ref: 'r', session: 's2', frontend: '', exporters: [moby('broken:1')] })
    expect([status, head['grpc-message']]).toEqual(['2', expect.stringContaining('archive')])
    expect(await imageIds('broken:1')).toEqual([])
  })

  it('leaves what goes to the client to the client, and tells the daemon its errors', async () => {
    daemon.archive = Buffer.alloc(100_000, 'x')
    const sent: number[] = []
    await serve('s3', (stream, headers, pieces) => {
      if (headers[':path']?.endsWith('/FetchToken') === true) return failGrpc(stream, '16', 'nobody %E2%9C%93')
      sent.push(pieces.length)
      answerGrpc(stream, [])
    })
    const exporters = [{ type: 'tar', attributes: {} }]
    expect((await solve({ ref: 'r', session: 's3', frontend: '', exporters })).status).toBe('0')
    expect(sent).toEqual([4])
    expect(daemon.answered[0]?.head).toMatchObject({ 'grpc-status': '16', 'grpc-message': 'nobody %E2%9C%93' })
  })

  it('passes errors of the daemon, its code and message as they are', async () => {
    const { head, messages } = await solve({ ref: 'fails', session: '', frontend: '', exporters: [] })
    expect(head).toMatchObject({ 'grpc-status': '3', 'grpc-message': 'nothing to build: 100%25' })
    expect(messages).toEqual([])
  })

  it('passes the cancelling of a call, the leaving of a client and the end of a session', async () => {
    const watching = () =>
      client.request({ ':method': 'POST', ':path': `${control}/Status` }).on('error', () => undefined)
    const cancelled = watching()
    await once(cancelled, 'data')
    cancelled.close(8)
    await until(async () => daemon.statusEnds.length === 1)
    expect(daemon.statusEnds).toEqual([8])
    const session = await serve('s4', (stream) => answerGrpc(stream, []))
    session.destroy()
    await until(async () => !daemon.sessions.has('s4'))
    await once(watching(), 'data')
    client.destroy()
    await until(async () => daemon.statusEnds.length === 2)
  })

  it('ends the connection of a client whose daemon goes, and tells the next one so', async () => {
    const session = await serve('s5', (stream) => answerGrpc(stream, []))
    const ended = Promise.all([once(client, 'close'), once(session, 'close')])
    daemon.close()
    await ended
    const later = await openControl(engine.socket)
    const { head } = await callGrpc(later, `${control}/Info`, [new Uint8Array()])
    later.destroy()
    expect(head).toMatchObject({ 'grpc-status': '14' })
    expect(decodeURIComponent(String(head['grpc-message']))).toContain('cannot be reached')
  })
})
