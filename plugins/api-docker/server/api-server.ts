import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { once } from 'node:events'
import { chmod, chown } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { codedError } from '@moby/contracts'
import { invalidRequest } from '../wire/api-error.ts'
import { checkHead } from './check-head.ts'
import { errorAnswer } from './error-answer.ts'
import type { Guard } from './guard.ts'
import { certificatesOf } from './peer-principals.ts'
import { passOverBody } from './pass-over-body.ts'
import { refuseOn } from './raw-head.ts'
import { notWebSocket } from './check-handshake.ts'
import type { Answer } from './route.ts'
import { serveUpgrade, type UpgradeParts } from './serve-upgrade.ts'
import { serveWithoutUpgrade } from './serve-without-upgrade.ts'
import type { TlsSettings } from '../listen/tls-settings.ts'
import { takeSocketPath } from './take-socket-path.ts'
import { watchHalfClosed } from './watch-half-closed.ts'
import { writeStream } from './write-stream.ts'

/** Milliseconds for the headers of a request: slow senders hold a connection no longer. */
const headersTimeout = 20_000
/** Connections at once; more are closed at once instead of taking the process's last descriptors. */
const maxConnections = 8192
/**
 * Clients that may wait to be taken in. A Unix socket refuses more at once (EAGAIN), and 511, the default, are fewer than
 * come from a test-suite while one start holds this process. The kernel lowers it to net.core.somaxconn.
 */
const backlog = 4096

/** No route has a schema of fastify's: its compilers, a hundred modules, would be loaded at each start for nothing. */
const noSchemas = () => () => {
  throw new Error('Routes are checked by their own code, not by schemas of fastify.')
}
const schemaController = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } }

/** The API on one socket: HTTP by fastify, and raw connections for attach and exec. */
export class ApiServer {
  readonly app: FastifyInstance
  readonly #parts: UpgradeParts
  readonly #isSecure: boolean
  readonly #raw = new Set<Socket>()
  /** Connections that end with the answer that they were given: nothing that follows is served. */
  readonly #refused = new WeakSet<Socket>()
  /** What ends the watch over a connection that has become a raw one, which has its own. */
  readonly #watches = new WeakMap<Socket, () => void>()

  /** `commonHeaders` are those of every answer; with `tls` it speaks HTTPS. */
  constructor(parts: UpgradeParts, tls?: TlsSettings) {
    this.#parts = parts
    this.#isSecure = tls !== undefined
    const http = {
      headersTimeout,
      // Node would answer, and then have what follows on the connection served all the same.
      requireHostHeader: false,
      maxHeaderSize: 64 * 1024,
      shouldUpgradeCallback: (request: IncomingMessage) => this.#isHijack(request),
    }
    const options = {
      logger: false,
      exposeHeadRoutes: false,
      schemaController,
      // A container may print nothing for a week while its logs are followed, and an image may take long to send.
      requestTimeout: 0,
      connectionTimeout: 0,
      frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
        this.#sendError(reply, invalidRequest(error.message, error))
      },
      clientErrorHandler: (_error: Error, socket: Socket) => refuseOn(socket, 400, 'malformed HTTP request', {}),
    }
    // Both are servers of HTTP/1.1 for all that is done with them here; only their types differ.
    this.app =
      tls === undefined
        ? fastify({ ...options, http })
        : (fastify({ ...options, https: { ...http, ...tls, allowHalfOpen: true } }) as unknown as FastifyInstance)
    this.#configure()
  }

  /** Listens with these rights. Fails with API_SOCKET_IN_USE or API_SOCKET_INVALID. */
  async listen(path: string, rights: { mode: number; gid?: number | undefined }): Promise<void> {
    await takeSocketPath(path)
    await this.app.ready()
    const { server } = this.app
    // Nobody but the owner may connect before the rights are set.
    const umask = process.umask(0o177)
    try {
      server.listen({ path, backlog })
    } finally {
      process.umask(umask)
    }
    await once(server, 'listening')
    if (rights.gid !== undefined) await chown(path, -1, rights.gid)
    await chmod(path, rights.mode)
  }

  /**
   * Listens on an address of the network, or on a socket that is there already. Answers where. Fails with
   * API_SOCKET_IN_USE or API_SOCKET_INVALID.
   */
  async listenOn(target: { host: string; port: number } | { fd: number }): Promise<string> {
    await this.app.ready()
    const { server } = this.app
    const shown = 'fd' in target ? `the descriptor ${target.fd}` : `${target.host}:${target.port}`
    try {
      server.listen({ ...target, backlog })
      await once(server, 'listening')
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      if (code === 'EADDRINUSE') {
        throw codedError('API_SOCKET_IN_USE', `another process listens on ${shown}`, {
          hint: 'Stop it, or choose another address with --host.',
          cause,
        })
      }
      throw codedError('API_SOCKET_INVALID', `the API cannot listen on ${shown}: ${message}`, {
        hint: 'Choose an address of this host with --host.',
        cause,
      })
    }
    const address = server.address()
    return typeof address === 'object' && address !== null ? `${address.address}:${address.port}` : (address ?? shown)
  }

  /** Ends every connection; the socket is gone afterwards. */
  async close(): Promise<void> {
    const { server } = this.app
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    server.closeAllConnections()
    for (const socket of this.#raw) socket.destroy()
    await closed
    await this.app.close()
  }

  #configure(): void {
    const { app } = this
    app.server.maxConnections = maxConnections
    // Clients keep connections for later; a server that closes idle ones makes their next request fail.
    app.server.keepAliveTimeout = 0
    this.#serveHalfClosed()
    // Before fastify looks at bodies: the handler knows whether it wants JSON or an archive, and which limit holds.
    // Routes are matched by the router of this package, as names hold slashes and upgrades come past fastify.
    app.addHook('onRequest', async (request, reply) => {
      const { raw } = request
      if (this.#refused.has(raw.socket)) return reply.hijack()
      try {
        checkHead(raw)
      } catch (error) {
        this.#sendError(reply, error, true)
        return reply
      }
      await this.#serve(request, reply)
      return reply
    })
    app.setErrorHandler((error, _request, reply) => {
      const isFramework = typeof error === 'object' && error !== null && 'statusCode' in error
      this.#sendError(reply, isFramework ? invalidRequest((error as unknown as Error).message, error) : error)
    })
    app.server.on('upgrade', (message: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#watches.get(socket)?.()
      this.#raw.add(socket)
      socket.once('close', () => this.#raw.delete(socket))
      void serveUpgrade(this.#parts, message, socket, head)
    })
  }

  /**
   * A client may end its side once it has sent its request, as `docker system dial-stdio` does below `docker -H ssh://`,
   * and has its answer all the same. One that is gone is found out, so that nobody works for it.
   */
  #serveHalfClosed(): void {
    const { server } = this.app
    // A property of Node's server since its beginnings that its types leave out.
    Object.assign(server, { httpAllowHalfOpen: true })
    server.on(this.#isSecure ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#watches.set(socket, watchHalfClosed(socket))
    })
  }

  /** Other upgrades are answered as if they had not been asked for. */
  #isHijack(message: IncomingMessage): boolean {
    try {
      return this.#parts.dispatcher.find(message.method ?? '', message.url ?? '').route.hijack === true
    } catch {
      return false
    }
  }

  async #serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw } = request
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    try {
      const principal = await this.#parts.identify(raw.socket)
      const { answer, guard } = await this.#parts.dispatcher.handle(
        {
          method: raw.method ?? '',
          uri: raw.url ?? '',
          headers: raw.headers,
          body: raw,
          bodyLength: lengthOf(raw),
          input: raw,
          signal: gone.signal,
          ...certificatesOf(raw.socket),
        },
        principal,
      )
      await this.#send(reply, answer, guard)
    } catch (error) {
      if (!reply.sent) {
        await passOverBody(raw)
        this.#sendError(reply, error)
      } else if (!gone.signal.aborted) {
        const reason = error instanceof Error ? error.message : String(error)
        this.#parts.log.warn('A stream to a client broke', { uri: raw.url, reason })
        reply.raw.socket?.destroySoon()
      }
    }
  }

  async #send(reply: FastifyReply, answer: Answer, guard: Guard): Promise<void> {
    const common = this.#parts.commonHeaders()
    if (answer.kind === 'stream') {
      reply.hijack()
      await writeStream(reply.raw, answer.status, { ...common, ...answer.headers }, answer.body)
      return
    }
    if (answer.kind === 'raw') {
      reply.hijack()
      await serveWithoutUpgrade(reply.request.raw, reply.raw, answer, common)
      return
    }
    if (answer.kind === 'websocket') throw invalidRequest(notWebSocket)
    if (answer.kind === 'upgrade') throw invalidRequest(`the request does not ask for an upgrade to ${answer.protocol}`)
    const text = bodyText(answer)
    const headers = { ...common, ...typeOf(answer), ...answer.headers }
    if (guard.active) await guard.allowAnswer({ status: answer.status, headers, body: Buffer.from(text) })
    // As bytes: fastify would add a charset to the type of a text.
    await reply
      .code(answer.status)
      .headers(headers)
      .send(text === '' ? undefined : Buffer.from(text))
  }

  #sendError(reply: FastifyReply, error: unknown, isMalformed = false): void {
    const { status, message } = errorAnswer(error, this.#parts.log)
    void reply.code(status).headers({ ...this.#parts.commonHeaders(), 'content-type': 'application/json' })
    // The rest of a body that nobody reads must not be taken for the next request.
    if (isMalformed || !reply.request.raw.complete) {
      // Of a request whose body was given up Node has taken the socket away.
      if (reply.raw.socket !== null) this.#refused.add(reply.raw.socket)
      void reply.header('connection', 'close')
    }
    void reply.send(Buffer.from(`${JSON.stringify({ message })}\n`))
  }
}

type Whole = Exclude<Answer, { kind: 'stream' | 'raw' | 'upgrade' | 'websocket' }>

function bodyText(answer: Whole): string {
  if (answer.kind === 'empty') return ''
  return answer.kind === 'json' ? `${JSON.stringify(answer.body)}\n` : answer.body
}

function typeOf({ kind }: Whole): Record<string, string> {
  if (kind === 'empty') return {}
  return { 'content-type': kind === 'json' ? 'application/json' : 'text/plain; charset=utf-8' }
}

/** Bytes of the body that a request announces; undefined for chunks. */
function lengthOf(message: IncomingMessage): number | undefined {
  if (message.headers['transfer-encoding'] !== undefined) return undefined
  return Number(message.headers['content-length'] ?? 0)
}
