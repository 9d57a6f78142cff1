import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import type { Handles } from '../server/handles.ts'
import type { BuildkitEnd } from './buildkit-end.ts'
import { connectDaemon } from './connect-daemon.ts'
import { ExpectedImages } from './expected-images.ts'
import { forwardCall, type IncomingCall } from './forward-call.ts'
import { refuseCall } from './grpc-status.ts'
import { connectionWindow, http2Settings } from './http2-settings.ts'
import { receiveImage } from './receive-image.ts'
import { serveHttp2 } from './serve-http2.ts'
import { sessionPipe } from './session-pipe.ts'
import { changeSolveAnswer } from './solve-answer.ts'
import { changeSolve } from './solve-message.ts'
import { changeWorkersAnswer } from './workers-answer.ts'

const control = '/moby.buildkit.v1.Control'
const sendFiles = '/moby.filesync.v1.FileSend/DiffCopy'
const exporterHeader = 'buildkit-attachable-exporter-id'
const sessionHeader = 'x-docker-expose-session-uuid'
const methodsHeader = 'x-docker-expose-session-grpc-method'

/**
 * Stands between a client of the BuildKit within dockerd and a BuildKit daemon of its own. The first speaks of sessions
 * on connections of their own and of images for the engine; the second carries sessions in its own protocol and knows
 * no engine. Each connection of a client has one to the daemon, and both end together.
 */
export class BuildkitBridge implements BuildkitEnd {
  readonly #socketPath: string
  readonly #expected = new ExpectedImages()

  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  /** `POST /grpc`: the services of the daemon. Resolves when the client is gone. */
  async serveControl(socket: Socket): Promise<void> {
    // The client is served at once, so that one who leaves while the daemon is slow is seen leaving.
    const connecting = connectDaemon(this.#socketPath)
    const served = serveHttp2(socket, (call) => {
      void connecting.then(
        (daemon) => this.#forward(call, daemon),
        (error: unknown) => refuseCall(call.stream, error),
      )
    })
    void connecting.then(
      (daemon) => daemon.once('close', served.close),
      () => undefined,
    )
    await served.closed
    await connecting.then(
      (daemon) => daemon.destroy(),
      () => undefined,
    )
  }

  /**
   * `POST /session`: what a build may ask of its client: files, credentials, secrets. Fails with BUILDKIT_UNAVAILABLE.
   * Answers with what serves the connection, which resolves when the session is over. The connection to the daemon that
   * waits for it ends with the signal, so that a request that comes to nothing leaves none.
   */
  async openSession(
    headers: Readonly<Record<string, string>>,
    { images }: Handles,
    signal: AbortSignal,
  ): Promise<(socket: Socket) => Promise<void>> {
    const id = headers[sessionHeader] ?? ''
    const daemon = await connectDaemon(this.#socketPath)
    const drop = () => daemon.destroy()
    signal.addEventListener('abort', drop)
    if (signal.aborted) drop()
    return async (socket) => {
      signal.removeEventListener('abort', drop)
      if (socket.destroyed || daemon.destroyed) {
        daemon.destroy()
        socket.destroy()
        return
      }
      const call = daemon.request({
        ':method': 'POST',
        ':path': `${control}/Session`,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...sessionHeaders(headers),
      })
      const pipe = sessionPipe(call)
      pipe.on('error', () => undefined)
      const client = connect('http://client', { ...http2Settings, createConnection: () => socket })
      client.on('error', () => undefined)
      client.once('connect', () => client.setLocalWindowSize(connectionWindow))
      const served = serveHttp2(pipe, (incoming) => {
        if (this.#isForEngine(incoming, id)) void receiveImage(incoming.stream, images)
        else void forwardCall(incoming, client)
      })
      const over = new Promise<void>((resolve) => {
        client.once('close', resolve)
        daemon.once('close', resolve)
        void served.closed.then(resolve)
      })
      await over
      served.close()
      daemon.destroy()
      client.destroy()
      socket.destroy()
    }
  }

  async #forward(call: IncomingCall, daemon: ClientHttp2Session): Promise<void> {
    if (call.path === `${control}/Solve`) await this.#forwardSolve(call, daemon)
    else await forwardCall(call, daemon, call.path === `${control}/ListWorkers` ? { answer: changeWorkersAnswer } : {})
  }

  async #forwardSolve(call: IncomingCall, daemon: ClientHttp2Session): Promise<void> {
    let forget: (() => void) | undefined
    await forwardCall(call, daemon, {
      request: (message) => {
        const { request, session, images } = changeSolve(message)
        if (images.length > 0) forget = this.#expected.expect(session, images)
        return request
      },
      answer: (message) => (forget === undefined ? message : changeSolveAnswer(message)),
    })
    forget?.()
  }

  #isForEngine({ path, rawHeaders }: IncomingCall, session: string): boolean {
    if (path.toLowerCase() !== sendFiles.toLowerCase()) return false
    const at = rawHeaders.indexOf(exporterHeader)
    return this.#expected.isExpected(session, at < 0 ? 0 : Number(rawHeaders[at + 1]))
  }
}

/** What the daemon is told of a session; ours is the method by which an image comes here. */
function sessionHeaders(headers: Readonly<Record<string, string>>): OutgoingHttpHeaders {
  const own = Object.entries(headers).filter(([name]) => /^x-(docker-expose-session|buildkit-session)-/.test(name))
  const methods = (headers[methodsHeader] ?? '').split(/,\s*/).filter((method) => method !== '')
  const all = methods.some((method) => method.toLowerCase() === sendFiles.toLowerCase())
    ? methods
    : [...methods, sendFiles]
  return { ...Object.fromEntries(own), [methodsHeader]: all }
}
