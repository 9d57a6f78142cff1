import { bytes, message, repeatedMessage, string, stringMap } from '@moby/lib-ttrpc'
import { once } from 'node:events'
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { Duplex } from 'node:stream'
import { answerGrpc, callGrpc, failGrpc, frame, messagesOf, type Answered } from './grpc.ts'

const Exporter = message('moby.buildkit.v1.Exporter', { type: string(1), attributes: stringMap(2) })

/** What is read of moby.buildkit.v1.SolveRequest, and its `frontend` for what stands in no other field. */
export const SolveRequest = message('moby.buildkit.v1.SolveRequest', {
  ref: string(1),
  session: string(5),
  frontend: string(6),
  exporters: repeatedMessage(13, Exporter),
})
export const SolveResponse = message('moby.buildkit.v1.SolveResponse', { exporterResponse: stringMap(1) })
const Label = message('LabelsEntry', { key: string(1), value: string(2) })
export const ListWorkersResponse = message('moby.buildkit.v1.ListWorkersResponse', {
  records: repeatedMessage(
    1,
    message('moby.buildkit.v1.types.WorkerRecord', { id: string(1), labels: repeatedMessage(2, Label) }),
  ),
})
const BytesMessage = message('moby.buildkit.v1.BytesMessage', { data: bytes(1) })

const control = '/moby.buildkit.v1.Control'
/** Bytes of the archive in one message. */
const pieceBytes = 32 * 1024

/**
 * What of a stand-alone BuildKit daemon its clients see: `Control` with workers, status, sessions and builds. A build
 * asks the session of its client a question and sends an archive to each of its exporters; it makes nothing. Any other
 * method says back what it hears.
 */
export class BuildkitDaemon {
  readonly solved: Buffer[] = []
  /** How the calls of a session ended, in their order. */
  readonly answered: Answered[] = []
  /** Codes by which calls of Status ended. */
  readonly statusEnds: number[] = []
  /** Headers of each session. */
  readonly sessions = new Map<string, IncomingHttpHeaders>()
  archive: Uint8Array = new Uint8Array()
  /** What a build tells of its image. */
  response: Readonly<Record<string, string>> = {}
  readonly #server: Http2Server
  readonly #connections = new Set<{ destroy(): void }>()
  readonly #clients = new Map<string, ClientHttp2Session>()

  private constructor(server: Http2Server) {
    this.#server = server
    server.on('session', (session) => {
      this.#connections.add(session)
      session.once('close', () => this.#connections.delete(session))
    })
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined)
      this.#serve(stream, headers).catch((error: unknown) => {
        if (!stream.headersSent && !stream.destroyed) failGrpc(stream, '2', encodeURIComponent(String(error)))
      })
    })
  }

  static async listen(path: string): Promise<BuildkitDaemon> {
    const server = createServer()
    await once(server.listen(path), 'listening')
    return new BuildkitDaemon(server)
  }

  /** Connections that clients hold. */
  get connections(): number {
    return this.#connections.size
  }

  close(): void {
    this.#server.close()
    for (const connection of this.#connections) connection.destroy()
  }

  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    switch (headers[':path']) {
      case `${control}/ListWorkers`: {
        await Array.fromAsync(messagesOf(stream))
        const snapshotter = { key: 'org.mobyproject.buildkit.worker.snapshotter', value: 'overlayfs' }
        const labels = [snapshotter, { key: 'org.mobyproject.buildkit.worker.executor', value: 'oci' }]
        answerGrpc(stream, [ListWorkersResponse.encode({ records: [{ id: 'w1', labels }] })])
        return
      }
      case `${control}/Status`:
        stream.once('close', () => this.statusEnds.push(stream.rstCode))
        stream.respond({ 'content-type': 'application/grpc' })
        stream.write(frame(Buffer.from('first')))
        return
      case `${control}/Session`:
        return this.#carry(stream, headers)
      case `${control}/Solve`: {
        const [request = Buffer.alloc(0)] = await Array.fromAsync(messagesOf(stream))
        return await this.#solve(stream, request)
      }
      default: {
        const heard = await Array.fromAsync(messagesOf(stream))
        const several = headers['x-several']
        answerGrpc(stream, heard, several === undefined ? {} : { 'x-heard': several })
      }
    }
  }

  /** The daemon calls its client over the bytes that the call carries. */
  #carry(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const id = String(headers['x-docker-expose-session-uuid'])
    this.sessions.set(id, headers)
    stream.respond({ 'content-type': 'application/grpc' })
    const client = connect('http://client', { createConnection: () => carried(stream) })
    client.on('error', () => undefined)
    this.#clients.set(id, client)
    stream.once('close', () => {
      client.destroy()
      this.#clients.delete(id)
      this.sessions.delete(id)
    })
  }

  async #solve(stream: ServerHttp2Stream, request: Buffer): Promise<void> {
    this.solved.push(request)
    const { ref, session, exporters } = SolveRequest.decode(request)
    if (ref === 'fails') return failGrpc(stream, '3', 'nothing to build: 100%25')
    const client = this.#clients.get(session)
    if (client === undefined) return failGrpc(stream, '5', 'no such session')
    const question = { 'x-several': ['a', 'b'] }
    this.answered.push(await callGrpc(client, '/moby.filesync.v1.Auth/FetchToken', [Buffer.from(ref)], question))
    const pieces = Array.from({ length: Math.ceil(this.archive.length / pieceBytes) }, (_, at) =>
      BytesMessage.encode({ data: this.archive.subarray(at * pieceBytes, (at + 1) * pieceBytes) }),
    )
    for (const at of exporters.keys()) {
      const headers = { 'buildkit-attachable-exporter-id': String(at) }
      const sent = await callGrpc(client, '/moby.filesync.v1.FileSend/DiffCopy', pieces, headers)
      this.answered.push(sent)
      if (sent.status !== '0') return failGrpc(stream, '2', String(sent.head['grpc-message']))
    }
    answerGrpc(stream, [SolveResponse.encode({ exporterResponse: this.response })])
  }
}

function carried(stream: ServerHttp2Stream): Duplex {
  const pipe = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      stream.write(frame(BytesMessage.encode({ data: chunk })), done)
    },
    destroy(error, done) {
      stream.close()
      done(error)
    },
  })
  pipe.on('error', () => undefined)
  const read = async () => {
    for await (const item of messagesOf(stream)) pipe.push(BytesMessage.decode(item).data)
    pipe.push(null)
  }
  read().catch(() => pipe.destroy())
  return pipe
}
