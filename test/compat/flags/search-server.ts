import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const results = [
  { name: 'busybox', description: 'Tools in one file', star_count: 7, is_official: true, is_automated: false },
  {
    name: 'somebody/busybox',
    description: 'A description that is longer than the column in which the client shows it, so that it is cut',
    star_count: 2,
    is_official: false,
    is_automated: false,
  },
]

/** A registry that answers searches, as Docker Hub does, and nothing else. */
export class SearchServer {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<SearchServer> {
    const server = createServer(({ url = '' }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://search')
      const found = results.slice(0, Number(searchParams.get('n') ?? '25'))
      const bodies: Readonly<Record<string, unknown>> = {
        '/v1/_ping': true,
        '/v1/search': { num_results: found.length, query: 'busybox', results: found },
        '/v2/': {},
      }
      const body = bodies[pathname]
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body ?? {}))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new SearchServer(server)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
