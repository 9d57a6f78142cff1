import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ContractDefinition } from '../component/contract.ts'
import { codedError, isCodedError } from '../errors/index.ts'
import { Attempts } from './attempts.ts'
import { chunksOf } from './body.ts'
import type { Handshake } from './handshake.ts'
import { withLimits, type WireLimits } from './limits.ts'
import { Pairs } from './pairs.ts'
import { handshakePath, idempotencyHeader, parsePath } from './paths.ts'
import { exchangeId, sendError, sendJson, serveCall } from './serve-call.ts'

/** A contract and what implements it: an `Implementation` of that contract. */
export interface ServedContract {
  readonly contract: ContractDefinition
  readonly implementation: object
}

export interface ServeOptions {
  /** scope/name of the component, for the handshake. */
  readonly component: string
  readonly version: string
  readonly implementations: readonly ServedContract[]
  readonly limits?: Partial<WireLimits> | undefined
  /** Told of everything that an implementation throws without a code; the caller sees WIRE_INTERNAL. */
  readonly onDefect?: ((error: unknown, subject: string) => void) | undefined
}

/** Contracts served over HTTP. */
export interface WireServer {
  readonly server: Server
  /** The path must be free, and its folder closed to those who may not call. */
  listen(socketPath: string): Promise<void>
  /** Refuses new calls, lets those in flight end for `graceMs` (default 5000), then cuts them. */
  close(graceMs?: number): Promise<void>
}

/** Milliseconds in which input that nobody wants is read off, so that its sender gets the answer. */
const drainMs = 5_000

/** Serves contracts on HTTP/1.1: `POST /<contract>/<method>`, and Docker's handshake. */
export function serveContracts(options: ServeOptions): WireServer {
  const served = new Map(options.implementations.map((each) => [each.contract.id, each]))
  const limits = withLimits(options.limits)
  const pairs = new Pairs(limits)
  const attempts = new Attempts()
  const onDefect = options.onDefect ?? (() => undefined)
  const handshake: Handshake = {
    Implements: [],
    component: options.component,
    version: options.version,
    contracts: options.implementations.map(({ contract }) => ({ contract: contract.id, version: contract.version })),
  }

  async function route(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    if (request.method !== 'POST') throw codedError('WIRE_REQUEST_INVALID', `${request.method}: only POST is served`)
    if (request.url === handshakePath) return sendJson(response, 200, Buffer.from(JSON.stringify(handshake)))
    const target = parsePath(request.url ?? '')
    if (target === undefined) throw codedError('WIRE_REQUEST_INVALID', `${request.url} is not /<contract>/<method>`)
    const contract = served.get(target.contract)
    if (contract === undefined) {
      throw codedError('WIRE_CONTRACT_UNKNOWN', `${options.component} does not serve ${target.contract}`)
    }
    const { definition, method } = lookUp(contract, target.method)
    const subject = `${target.contract} ${target.method}`
    if (target.input) {
      await pairs.offer(exchangeId(request), request)
      return sendJson(response, 200, Buffer.from('{}'))
    }
    const call = { subject, definition, method, request, response, signal, limits, pairs, onDefect }
    const key = request.headers[idempotencyHeader]
    if (typeof key !== 'string' || key.length > 64) return serveCall(call)
    return attempts.inTurn(`${subject} ${key}`, async () => {
      if (!signal.aborted) await serveCall(call)
    })
  }

  const server = createServer((request, response) => {
    const gone = new AbortController()
    response.on('close', () => {
      if (!response.writableFinished) gone.abort(codedError('CANCELLED', 'the caller closed the connection'))
    })
    request.on('error', () => undefined)
    route(request, response, gone.signal)
      .catch((error: unknown) => {
        if (!isCodedError(error) && !gone.signal.aborted) onDefect(error, request.url ?? '')
        sendError(response, error)
      })
      .finally(() => readOff(request))
  })
  server.requestTimeout = 0
  server.headersTimeout = 10_000
  server.keepAliveTimeout = 60_000

  return {
    server,
    async listen(socketPath) {
      server.listen(socketPath)
      await once(server, 'listening')
    },
    async close(graceMs = 5_000) {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(timer)
    },
  }
}

function lookUp({ contract, implementation }: ServedContract, name: string) {
  const definition = Object.hasOwn(contract.methods, name) ? contract.methods[name] : undefined
  const method = definition === undefined ? undefined : (implementation as Record<string, unknown>)[name]
  if (definition === undefined || typeof method !== 'function') {
    throw codedError('WIRE_METHOD_UNKNOWN', `${contract.id} ${contract.version} has no method ${name} here`)
  }
  return { definition, method: method.bind(implementation) as (...args: unknown[]) => unknown }
}

/** Reads what is left of a request after its answer; a sender that goes on and on is cut. */
function readOff(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const timer = setTimeout(() => request.destroy(), drainMs)
  const drain = async (): Promise<void> => {
    for await (const chunk of chunksOf(request)) void chunk
  }
  drain()
    .catch(() => undefined)
    .finally(() => clearTimeout(timer))
}
