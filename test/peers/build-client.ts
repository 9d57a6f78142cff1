import { randomUUID } from 'node:crypto'
import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import {
  SolveRequest,
  SolveResponse,
  StatusResponse,
} from '../../plugins/api-docker/build-service/messages/control-messages.ts'
import {
  GatewaySolveRequest,
  GatewaySolveResponse,
  ReturnRequest,
} from '../../plugins/api-docker/build-service/messages/gateway-messages.ts'
import {
  CredentialsRequest,
  CredentialsResponse,
  GetSecretRequest,
  GetSecretResponse,
} from '../../plugins/api-docker/build-service/messages/session-messages.ts'
import { RpcStatus } from '../../plugins/api-docker/buildkit/rpc-status.ts'
import { BytesMessage } from '../../plugins/api-docker/buildkit/session-pipe.ts'
import { openControl, openSession } from './buildkit-client.ts'
import { sendFolder, type SentFile } from '../../plugins/api-docker/fixtures/file-sender.ts'
import { answerGrpc, callGrpc, failGrpc, messagesOf, type Answered } from './grpc.ts'

const control = '/moby.buildkit.v1.Control'
const gateway = '/moby.buildkit.v1.frontend.LLBBridge'

/** What a client gives to its build. */
export interface BuildWish {
  readonly folders?: Readonly<Record<string, readonly SentFile[]>>
  readonly options?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly exporters?: readonly { readonly type: string; readonly attributes: Readonly<Record<string, string>> }[]
}

/** How a build ended, and what was told of it meanwhile. */
export interface Built {
  readonly status: string | undefined
  /** Text of the status. */
  readonly message: string
  /** google.rpc.Status in its trailer. */
  readonly details: Buffer
  readonly told: Readonly<Record<string, string>>
  /** Names of steps that have ended, `CACHED` before those that were taken from an earlier build. */
  readonly steps: readonly string[]
  readonly output: string
  readonly warnings: readonly string[]
  /** What its exporters sent. */
  readonly archive: Buffer
}

/** A client that builds as the `docker` driver of buildx does: its own frontend asks the engine for `dockerfile.v0`. */
export class BuildClient {
  readonly control: ClientHttp2Session
  readonly #socket: string
  /** Headers of the calls that its sessions have served, and the hosts that credentials were asked for. */
  readonly served: IncomingHttpHeaders[] = []
  readonly hosts: string[] = []
  #archive = Buffer.alloc(0)

  private constructor(socket: string, session: ClientHttp2Session) {
    this.#socket = socket
    this.control = session
  }

  static async connect(socket: string): Promise<BuildClient> {
    return new BuildClient(socket, await openControl(socket))
  }

  close(): void {
    this.control.destroy()
  }

  async build(wish: BuildWish): Promise<Built> {
    const ref = randomUUID()
    this.#archive = Buffer.alloc(0)
    const session = await this.#serve(ref, wish)
    try {
      const status = callGrpc(this.control, `${control}/Status`, [SolveRequest.encode({ ref })])
      const exporters = (wish.exporters ?? []).map(({ type, attributes }) => ({ type, attributes: { ...attributes } }))
      const solving = callGrpc(this.control, `${control}/Solve`, [
        SolveRequest.encode({ ref, session: ref, exporters }),
      ])
      await this.#runFrontend(ref, { filename: 'Dockerfile', ...wish.options })
      return { ...summarize(await solving, await status), archive: this.#archive }
    } finally {
      session.destroy()
    }
  }

  /** What the frontend of buildx does: greets, asks for the build, and hands back what came of it. */
  async #runFrontend(ref: string, options: Readonly<Record<string, string>>): Promise<void> {
    const headers = { 'buildkit-controlapi-buildid': ref }
    await callGrpc(this.control, `${gateway}/Ping`, [new Uint8Array()], headers)
    const request = GatewaySolveRequest.encode({ frontend: 'dockerfile.v0', options, allowResultReturn: true })
    const solved = await callGrpc(this.control, `${gateway}/Solve`, [request], headers)
    // The connection may be gone, and with it the build.
    if (solved.status === undefined) return
    const result = GatewaySolveResponse.decode(solved.messages[0] ?? new Uint8Array()).result
    const error = RpcStatus.decode(detailsOf(solved))
    const failed = error.code === 0 ? { ...error, code: Number(solved.status), message: messageOf(solved) } : error
    const returned = ReturnRequest.encode(solved.status === '0' ? { result } : { error: failed })
    await callGrpc(this.control, `${gateway}/Return`, [returned], headers)
  }

  async #serve(id: string, { folders = {}, secrets = {} }: BuildWish): Promise<ServerHttp2Session> {
    const session = await openSession(this.#socket, {
      'x-docker-expose-session-uuid': id,
      'x-docker-expose-session-grpc-method': [
        '/moby.filesync.v1.FileSync/DiffCopy',
        '/moby.filesync.v1.Auth/Credentials',
        '/moby.buildkit.secrets.v1.Secrets/GetSecret',
        '/moby.filesync.v1.FileSend/DiffCopy',
      ].join(', '),
    })
    session.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined)
      this.served.push(headers)
      void this.#answer(stream, headers, { folders, secrets })
    })
    return session
  }

  async #answer(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    wish: Required<Pick<BuildWish, 'folders' | 'secrets'>>,
  ) {
    if (headers[':path'] === '/moby.filesync.v1.FileSync/DiffCopy') {
      return await sendFolder(stream, headers, wish.folders[String(headers['dir-name'])] ?? [])
    }
    if (headers[':path'] === '/moby.filesync.v1.FileSend/DiffCopy') {
      const pieces = await Array.fromAsync(messagesOf(stream))
      this.#archive = Buffer.concat(pieces.map((piece) => BytesMessage.decode(piece).data))
      return answerGrpc(stream, [])
    }
    const [message = Buffer.alloc(0)] = await Array.fromAsync(messagesOf(stream))
    if (headers[':path'] === '/moby.filesync.v1.Auth/Credentials') {
      this.hosts.push(CredentialsRequest.decode(message).host)
      return answerGrpc(stream, [CredentialsResponse.encode({})])
    }
    const secret = wish.secrets[GetSecretRequest.decode(message).id]
    if (secret === undefined) failGrpc(stream, '5', 'not found')
    else answerGrpc(stream, [GetSecretResponse.encode({ data: Buffer.from(secret) })])
  }
}

function summarize(solved: Answered, status: Answered): Omit<Built, 'archive'> {
  const updates = status.messages.map((message) => StatusResponse.decode(message))
  const ended = updates.flatMap(({ vertexes }) => vertexes).filter(({ completed }) => completed !== undefined)
  return {
    status: solved.status,
    message: messageOf(solved),
    details: detailsOf(solved),
    told: SolveResponse.decode(solved.messages[0] ?? new Uint8Array()).exporterResponse,
    steps: ended.map(({ name, cached }) => (cached ? `CACHED ${name}` : name)),
    output: updates.flatMap(({ logs }) => logs.map(({ data }) => Buffer.from(data).toString())).join(''),
    warnings: updates.flatMap(({ warnings }) => warnings.map(({ short }) => Buffer.from(short).toString())),
  }
}

function detailsOf({ head, trailers }: Answered): Buffer {
  return Buffer.from(String(head['grpc-status-details-bin'] ?? trailers['grpc-status-details-bin'] ?? ''), 'base64')
}

function messageOf({ head, trailers }: Answered): string {
  return decodeURIComponent(String(head['grpc-message'] ?? trailers['grpc-message'] ?? ''))
}
