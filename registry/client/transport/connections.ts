import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import type { Dispatcher } from 'undici'
import { codedError } from '@moby/contracts'
import { isLinkLocal, isLoopback } from '../endpoint/loopback.ts'
import type { ClientSettings } from '../settings.ts'
import { certificatesFor } from './certificates.ts'
import { proxyFor } from './proxy-for.ts'
import { tlsAwareConnector } from './tls-aware-connector.ts'
import { TlsContexts } from './tls-context.ts'

/** Where a request goes, as far as connections differ. */
export interface Destination {
  readonly url: URL
  /** Name that settings and certificates are found by. */
  readonly name: string
  /**
   * A host that the registry names and nobody configured: its addresses are not to be those of the link, nor, with
   * `remote`, of this machine.
   */
  readonly named: 'configured' | 'by-local-registry' | 'by-remote-registry'
}

const kept = 64
// Certificates are read again after so many milliseconds, so that renewed ones are taken without a restart.
const certificatesFresh = 5_000

/** Connections of one client, kept alive and shared. Nothing is opened before the first request. */
export class Connections {
  readonly #settings: ClientSettings
  readonly #contexts: TlsContexts
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>()
  readonly #certificates = new Map<string, { readonly at: number; readonly read: ReturnType<typeof certificatesFor> }>()
  /** Origins with which a TLS handshake came to its end. */
  readonly #secured = new Set<string>()
  #closed = false

  constructor(settings: ClientSettings) {
    this.#settings = settings
    this.#contexts = new TlsContexts(settings.environment)
  }

  /** The connections to a destination. Fails with REGISTRY_CONFIG_INVALID, or REGISTRY_DENIED for a forbidden address. */
  async to(destination: Destination): Promise<Dispatcher> {
    if (this.#closed) throw codedError('CANCELLED', 'The registry client is closed')
    const { url, name, named } = destination
    if (named !== 'configured') refuseAddress(url.hostname, url.hostname, named)
    const proxy = proxyFor(url, this.#settings)
    const isInsecure = this.#settings.registries[name]?.insecure === true
    const certificates = url.protocol === 'https:' ? await this.#certificatesFor(name, url.host) : { authorities: [] }
    const key = [url.origin, named, isInsecure, proxy, TlsContexts.keyOf(certificates)].join(' ')
    const known = this.#dispatchers.get(key)
    if (known !== undefined) {
      // The one used last stands last.
      this.#dispatchers.delete(key)
      this.#dispatchers.set(key, known)
      return known
    }
    const made = this.#make(destination, proxy, async () => ({
      rejectUnauthorized: !isInsecure,
      ...(url.protocol === 'https:' ? { secureContext: await this.#contexts.context(certificates, url.host) } : {}),
    }))
    this.#dispatchers.set(key, made)
    made.catch(() => this.#dispatchers.delete(key))
    this.#evict()
    return made
  }

  /** True for an origin that has spoken TLS, whatever became of the connection. */
  spokeTls(origin: string): boolean {
    return this.#secured.has(origin)
  }

  /** Ends every connection; requests on the way fail. */
  async close(): Promise<void> {
    this.#closed = true
    const all = [...this.#dispatchers.values()]
    this.#dispatchers.clear()
    for (const each of await Promise.allSettled(all)) {
      if (each.status === 'fulfilled')
        await each.value.destroy(codedError('CANCELLED', 'The registry client was closed'))
    }
  }

  #certificatesFor(name: string, host: string): ReturnType<typeof certificatesFor> {
    const key = `${name} ${host}`
    const known = this.#certificates.get(key)
    if (known !== undefined && performance.now() - known.at < certificatesFresh) return known.read
    if (this.#certificates.size >= 256) this.#certificates.clear()
    const read = certificatesFor(name, host, this.#settings)
    this.#certificates.set(key, { at: performance.now(), read })
    read.catch(() => this.#certificates.delete(key))
    return read
  }

  async #make({ url, named }: Destination, proxy: string | undefined, tls: () => Promise<object>): Promise<Dispatcher> {
    const { Agent, buildConnector, ProxyAgent } = await import('undici')
    const { connections, connectMs } = this.#settings
    const common = { connections, allowH2: false, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 10_000 } as const
    const secure = await tls()
    if (proxy !== undefined) {
      return new ProxyAgent({
        uri: proxy,
        ...common,
        requestTls: { ...secure, timeout: connectMs },
        connectTimeout: connectMs,
      })
    }
    const guarded = named === 'configured' ? {} : { lookup: guardedLookup(url.hostname, named) }
    const connector = buildConnector({ ...secure, ...guarded, timeout: connectMs, allowH2: false } as object)
    return new Agent({ ...common, connect: tlsAwareConnector(connector, () => this.#noteTls(url.origin)) })
  }

  #noteTls(origin: string): void {
    if (this.#secured.size >= 1024) this.#secured.clear()
    this.#secured.add(origin)
  }

  #evict(): void {
    while (this.#dispatchers.size > kept) {
      const [key, oldest] = this.#dispatchers.entries().next().value ?? []
      if (key === undefined) return
      this.#dispatchers.delete(key)
      // Requests on the way go on to their end.
      void oldest?.then(
        (dispatcher) => dispatcher.close(),
        () => undefined,
      )
    }
  }
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** A look-up of names that refuses forbidden addresses, so that a name cannot hide one. */
function guardedLookup(host: string, named: Destination['named']) {
  return (hostname: string, options: LookupOptions, done: Found): void => {
    resolve(hostname, options, (error, address: string | LookupAddress[], family) => {
      if (error !== null) return done(error, address, family)
      try {
        for (const each of typeof address === 'string' ? [address] : address.map((one) => one.address)) {
          refuseAddress(each, host, named)
        }
      } catch (refusal) {
        return done(refusal as Error, address, family)
      }
      done(null, address, family)
    })
  }
}

function refuseAddress(address: string, host: string, named: Destination['named']): void {
  if (isLinkLocal(address) || (named === 'by-remote-registry' && isLoopback(address))) {
    throw codedError(
      'REGISTRY_DENIED',
      `The registry sends its clients to ${host}, an address of this machine or its link`,
      {
        hint: 'Services there may hold secrets of this machine. Trust the host in `trustedRealms` if it is right.',
        details: { host },
      },
    )
  }
}
