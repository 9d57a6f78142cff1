import type { authAuthorize, DriverSet, Logger, Principal } from '@moby/contracts'
import type { IncomingHttpHeaders } from 'node:http'
import { checkJsonType } from '../wire/content-type.ts'
import type { Decoder } from '../wire/decode.ts'
import { parseJson } from '../wire/parse-json.ts'
import { readBody } from '../wire/read-body.ts'
import { Guard, type HttpEvidence } from './guard.ts'
import type { Handles } from './handles.ts'
import type { Answer, ApiRequest, CheckAnswer } from './route.ts'
import type { Destination, Router } from './router.ts'

/** A request as the transport has it. */
export interface Arrival {
  readonly method: string
  /** Target as received. */
  readonly uri: string
  readonly headers: IncomingHttpHeaders
  readonly body: AsyncIterable<Uint8Array>
  readonly bodyLength: number | undefined
  readonly input: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
  /** PEM, of a peer that has proved who it is by them. */
  readonly certificates?: readonly string[]
}

/** Headers that carry credentials; authorizers never see them. */
const secretHeaders = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-registry-auth',
  'x-registry-config',
])

/** Brings a request to its handler: routing, authorization, decoding. Knows nothing of sockets. */
export class Dispatcher {
  readonly #router: Router
  readonly #handles: Handles
  readonly #authorizers: DriverSet<typeof authAuthorize> | undefined
  readonly #log: Logger
  readonly #check: CheckAnswer

  constructor(parts: {
    router: Router
    handles: Handles
    authorizers: DriverSet<typeof authAuthorize> | undefined
    log: Logger
    /** Absent, nothing is checked. */
    check?: CheckAnswer | undefined
  }) {
    this.#router = parts.router
    this.#handles = parts.handles
    this.#authorizers = parts.authorizers
    this.#log = parts.log
    this.#check = parts.check ?? ((_asked, answer) => answer)
  }

  find(method: string, target: string): Destination {
    return this.#router.find(method, target)
  }

  /** Fails with coded errors; `guard` is to be asked about the answer. */
  async handle(arrival: Arrival, principal: Principal): Promise<{ answer: Answer; guard: Guard }> {
    const { route, version, vars, query } = this.find(arrival.method, arrival.uri)
    let body: Uint8Array | undefined
    let evidence: HttpEvidence | undefined
    const guard = new Guard({
      drivers: this.#authorizers,
      principal,
      // The same object each time, so that a driver can tell that it was asked about this request already.
      evidence: () => {
        if (evidence === undefined || evidence.body !== body) {
          evidence = {
            method: arrival.method,
            uri: arrival.uri,
            headers: publicHeaders(arrival.headers),
            ...(body === undefined ? {} : { body }),
            ...(arrival.certificates === undefined ? {} : { certificates: [...arrival.certificates] }),
          }
        }
        return evidence
      },
    })
    const request: ApiRequest = {
      method: arrival.method,
      version,
      vars,
      query,
      headers: arrival.headers,
      body: arrival.body,
      bodyLength: arrival.bodyLength,
      input: arrival.input,
      signal: arrival.signal,
      engine: guard.protect(this.#handles),
      trusted: this.#handles,
      allow: async (operation, engineRequest) => await guard.allow(operation, engineRequest),
      json: async (decoder) => {
        checkJsonType(arrival.headers['content-type'], arrival.bodyLength !== 0)
        const bytes = await readBody(arrival.body)
        if (route.secretBody !== true) body = bytes
        return decodeBody(bytes, decoder)
      },
      log: this.#log,
    }
    return { answer: this.#check({ route, query, version }, await route.handle(request)), guard }
  }
}

function decodeBody<T>(bytes: Buffer, decoder: Decoder<T>): T | undefined {
  if (bytes.length === 0) return undefined
  return decoder(parseJson(bytes.toString('utf8')), '')
}

function publicHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers)
    .filter(([name, value]) => value !== undefined && !secretHeaders.has(name))
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')])
  return Object.fromEntries(entries) as Record<string, string>
}
