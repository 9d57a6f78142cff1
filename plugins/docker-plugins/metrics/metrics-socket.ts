import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { nodeHttp } from '@moby/contracts/wire'

/** Serves `GET /metrics` on a Unix socket, as Docker does for its metrics plugins. */
export class MetricsSocket {
  readonly path: string
  readonly #text: () => string
  #server: Promise<Server> | undefined

  constructor(path: string, text: () => string) {
    this.path = path
    this.#text = text
  }

  /** Listens from the first call on. */
  async open(): Promise<void> {
    this.#server ??= this.#listen()
    await this.#server
  }

  async close(): Promise<void> {
    const server = await this.#server
    if (server === undefined) return
    server.closeAllConnections()
    server.close()
    await rm(this.path, { force: true })
  }

  async #listen(): Promise<Server> {
    const server = nodeHttp.createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
      const isThere = request.method === 'GET' && request.url === '/metrics'
      response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(isThere ? this.#text() : 'page not found\n')
    })
    server.maxConnections = 16
    await rm(this.path, { force: true })
    server.listen(this.path)
    await once(server, 'listening')
    await chmod(this.path, 0o660)
    server.unref()
    return server
  }
}
