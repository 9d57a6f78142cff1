import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { codedError, type Logger } from '@moby/contracts'
import type { Address } from './read-address.ts'

/** Connections at once: a scraper has one. */
const maxConnections = 64

/** Answers GET /metrics, and nothing else. */
export class MetricsServer {
  readonly #collect: () => Promise<string>
  readonly #log: Logger
  readonly #server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void this.#answer(request, response)
  })

  constructor(parts: { collect: () => Promise<string>; log: Logger }) {
    this.#collect = parts.collect
    this.#log = parts.log
    this.#server.maxConnections = maxConnections
  }

  /** Answers where it listens. Fails with METRICS_ADDRESS_INVALID. */
  async listen({ host, port }: Address): Promise<string> {
    try {
      this.#server.listen({ host, port })
      await once(this.#server, 'listening')
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw codedError('METRICS_ADDRESS_INVALID', `Metrics cannot be served on ${host}:${port}: ${why}`, {
        hint: 'Name an address of this host and a free port: metricsAddress, or metrics-addr of daemon.json.',
        cause,
      })
    }
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? `${address.address}:${address.port}` : host
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume()
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || request.url?.split('?')[0] !== '/metrics') {
      const status = isRead ? 404 : 405
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end('only GET /metrics is served\n')
      return
    }
    try {
      const text = await this.#collect()
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(request.method === 'HEAD' ? undefined : text)
    } catch (error) {
      this.#log.warn('Metrics could not be collected', { reason: String(error) })
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end('metrics cannot be collected now\n')
    }
  }
}
