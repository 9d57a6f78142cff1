import { once } from 'node:events'
import { rmSync } from 'node:fs'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'

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
    this.#server.listen(this.socket)
    await once(this.#server, 'listening')
  }

  /** As by SIGKILL: connections break, and the socket stays as a file. */
  async kill(): Promise<void> {
    const { renameSync } = await import('node:fs')
    renameSync(this.socket, `${this.socket}.kept`)
    await this.stop()
    renameSync(`${this.socket}.kept`, this.socket)
  }

  /** As a new process in its place. */
  async restart(): Promise<void> {
    rmSync(this.socket, { force: true })
    this.#server = this.#make()
    await this.listen()
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
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
