import { once } from 'node:events'
import { rmSync } from 'node:fs'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import net from 'node:net'

export interface SeenCall {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** As it came. */
  readonly text: string
  readonly body: unknown
}

/** What a method answers: a value as JSON with status 200, or whatever the function does with the response. */
export type Answer = object | ((call: SeenCall, response: ServerResponse) => unknown)

/** A plugin as one would be written for Docker, for one test. */
export class FakePlugin {
  readonly socket: string
  readonly calls: SeenCall[] = []
  readonly answers: Record<string, Answer>
  #server: Server

  private constructor(socket: string, answers: Record<string, Answer>) {
    this.socket = socket
    this.answers = answers
    this.#server = this.#make()
  }

  static async start(socket: string, implemented: readonly string[], answers: Record<string, Answer> = {}) {
    const plugin = new FakePlugin(socket, { 'Plugin.Activate': { Implements: implemented }, ...answers })
    await plugin.listen()
    return plugin
  }

  /** Bodies of the calls of a method. */
  bodies(method: string): unknown[] {
    return this.calls.filter((call) => call.method === method).map(({ body }) => body)
  }

  get methods(): string[] {
    return this.calls.map(({ method }) => method)
  }

  async listen(): Promise<void> {
    await this.bind()()
  }

  /** As by SIGKILL: connections break, and the socket stays as a file, just as it was. */
  async kill(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** As a new process in its place. */
  async restart(): Promise<void> {
    await this.bind()()
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.socket, { force: true })
  }

  /** The first half of a start: the socket is there, and nobody listens before the function is called. */
  bind(): () => Promise<void> {
    rmSync(this.socket, { force: true })
    // Node has no public way to bind without listening; this one serves its own cluster module.
    const { _createServerHandle: bound } = net as unknown as {
      _createServerHandle(path: string, port: -1, family: -1): { readonly fd: number }
    }
    const { fd } = bound(this.socket, -1, -1)
    this.#server = this.#make()
    return async () => {
      this.#server.listen({ fd })
      await once(this.#server, 'listening')
    }
  }

  #make(): Server {
    return createServer((request, response) => void this.#serve(request, response))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()
    const method = (request.url ?? '').slice(1)
    const call: SeenCall = {
      method,
      headers: request.headers,
      text,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    }
    this.calls.push(call)
    const answer = this.answers[method]
    if (answer === undefined) {
      response.writeHead(404).end('404 page not found\n')
    } else if (typeof answer === 'function') {
      const value = await (answer(call, response) as Promise<unknown>)
      if (value !== undefined) response.end(`${JSON.stringify(value)}\n`)
    } else {
      response.end(`${JSON.stringify(answer)}\n`)
    }
  }
}

/** An answer with an error, as plugin libraries give it. */
export function failing(reason: string, status = 500) {
  return (_call: SeenCall, response: ServerResponse) => {
    response.writeHead(status).end(`${JSON.stringify({ Err: reason })}\n`)
  }
}
