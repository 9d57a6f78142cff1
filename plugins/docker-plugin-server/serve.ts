import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { once } from 'node:events'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { dirname } from 'node:path'
import { codedError, isCodedError, type Logger } from '@moby/contracts'
import { parseJson, readBody } from '@moby/contracts/wire'
import { answeredMedia, ShapeError } from '@moby/lib-docker-plugin-protocol'
import type { ServedMethods } from './methods/method.ts'

/** Bytes of a request: a body of 4 MiB in base64, twice, and its headers. */
const longestRequest = 16 * 1024 * 1024
const deepestRequest = 64

/** A socket on which methods of Docker's plugin protocols are answered. */
export class PluginServer {
  readonly #server: Server
  readonly #socket: string
  readonly #methods: ServedMethods
  readonly #log: Logger

  constructor(parts: { socket: string; methods: ServedMethods; log: Logger }) {
    this.#socket = parts.socket
    this.#methods = parts.methods
    this.#log = parts.log
    this.#server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, (request, response) => {
      void this.#serve(request, response).catch((error: unknown) => {
        this.#log.error('a call could not be answered', { path: request.url, error: String(error) })
        response.destroy()
      })
    })
  }

  /** Takes the socket; one at which somebody listens is left alone. */
  async open(): Promise<void> {
    await mkdir(dirname(this.#socket), { recursive: true, mode: 0o755 })
    if (await isTaken(this.#socket)) {
      throw codedError('HOST_SYSTEM_CALL', `Somebody listens at ${this.#socket} already`, {
        hint: 'name another socket, or stop who listens there',
      })
    }
    await rm(this.#socket, { force: true })
    this.#server.listen(this.#socket)
    await once(this.#server, 'listening')
    await chmod(this.#socket, 0o600)
  }

  /** Lets calls that are under way end, for a while. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeIdleConnections()
    const late = setTimeout(() => this.#server.closeAllConnections(), 2_000)
    await closed
    clearTimeout(late)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? '').slice(1)
    const method = Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined
    if (request.method !== 'POST' || method === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n')
      return
    }
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    try {
      const body = await readBody(request, longestRequest, name)
      const value = body.length === 0 ? undefined : parseJson(body, deepestRequest, 'WIRE_REQUEST_INVALID', name)
      const answer = await method.answer(method.read(value), gone.signal)
      if (answer instanceof Readable) {
        response.writeHead(200, { 'content-type': 'application/octet-stream' })
        response.flushHeaders()
        await pipeline(answer, response).catch((error: unknown) => {
          if (!gone.signal.aborted) this.#log.warn('a stream broke off', { method: name, error: String(error) })
        })
      } else send(response, 200, answer)
    } catch (error) {
      const isTheirs = error instanceof ShapeError || (isCodedError(error) && error.kind === 'invalid')
      if (!isCodedError(error) && !isTheirs)
        this.#log.error('a call failed by a defect', { method: name, error: String(error) })
      send(response, isTheirs ? 400 : 500, { Err: error instanceof Error ? error.message : String(error) })
    }
  }
}

function send(response: ServerResponse, status: number, value: object): void {
  if (response.headersSent || response.destroyed) return
  const text = `${JSON.stringify(value)}\n`
  response.writeHead(status, { 'content-type': answeredMedia, 'content-length': Buffer.byteLength(text) }).end(text)
}

async function isTaken(socket: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createConnection(socket)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
