import { codedError, type authAuthenticate, type Implementation, type Logger } from '@moby/contracts'
import { ApiServer } from '../server/api-server.ts'
import type { Dispatcher } from '../server/dispatcher.ts'
import { identifyAnonymous, identifyByCertificate, identifyPeers, type Identify } from '../server/peer-principals.ts'
import type { Headers } from '../server/route.ts'
import { chooseInherited, type InheritedSocket } from './inherited-sockets.ts'
import { readListenAddress } from './listen-address.ts'
import { readTlsSettings, type TlsConfig, type TlsSettings } from './tls-settings.ts'

export interface ListenerParts {
  readonly authenticate: Implementation<typeof authAuthenticate>
  readonly dispatcher: Dispatcher
  readonly log: Logger
  readonly headers: Headers
  readonly inherited: readonly InheritedSocket[]
  readonly tls?: TlsConfig | undefined
  /** Callers of the network may come without a certificate. */
  readonly anonymousTcp: boolean
}

/** Opens the sockets of the API. */
export class Listener {
  readonly #parts: ListenerParts
  readonly #servers: ApiServer[] = []
  #tls: Promise<TlsSettings> | undefined

  constructor(parts: ListenerParts) {
    this.#parts = parts
  }

  /** Listens there as well. Fails with API_SOCKET_INVALID, API_SOCKET_IN_USE, API_TLS_INVALID, API_TCP_UNPROTECTED. */
  async open(host: string): Promise<void> {
    const { authenticate, inherited, log } = this.#parts
    const address = readListenAddress(host)
    if (address.kind === 'unix') {
      await this.#server(identifyPeers(authenticate)).listen(address.path, await authenticate.socket({}))
      log.info('The Docker API listens', { path: address.path })
    }
    if (address.kind === 'tcp') {
      const tls = await this.#protection(host)
      const port = address.port ?? (tls === undefined ? 2375 : 2376)
      const at = await this.#server(this.#identifyRemote(tls), tls).listenOn({ host: address.host, port })
      log.info('The Docker API listens', { address: at, tls: tls !== undefined })
    }
    if (address.kind !== 'fd') return
    for (const { descriptor, isUnix } of chooseInherited(inherited, address.descriptor)) {
      const tls = isUnix ? undefined : await this.#protection(`${host} (descriptor ${descriptor})`)
      const identify = isUnix ? identifyPeers(authenticate) : this.#identifyRemote(tls)
      const at = await this.#server(identify, tls).listenOn({ fd: descriptor })
      log.info('The Docker API listens', { descriptor, address: at, tls: tls !== undefined })
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map(async (server) => await server.close()))
  }

  #server(identify: Identify, tls?: TlsSettings): ApiServer {
    const { dispatcher, headers, log } = this.#parts
    const server = new ApiServer({ dispatcher, identify, commonHeaders: () => headers, log }, tls)
    this.#servers.push(server)
    return server
  }

  #identifyRemote(tls: TlsSettings | undefined): Identify {
    return tls === undefined ? identifyAnonymous : identifyByCertificate(this.#parts.authenticate)
  }

  /** Who reaches the API is root of this host: the network gets it by certificates, or when the configuration says so. */
  async #protection(host: string): Promise<TlsSettings | undefined> {
    const { tls, anonymousTcp, log } = this.#parts
    if (tls !== undefined) return await (this.#tls ??= readTlsSettings(tls))
    if (!anonymousTcp) {
      throw codedError(
        'API_TCP_UNPROTECTED',
        `${host} would give everybody who reaches it the rights of root on this host`,
        {
          hint: 'Configure tls: { ca, cert, key } of the API (daemon.json: tlsverify), or anonymousTcp: true to have it so.',
        },
      )
    }
    log.warn('The Docker API listens without TLS: whoever reaches it has the rights of root on this host', { host })
    return undefined
  }
}
