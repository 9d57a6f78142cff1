import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ContractDefinition } from '../component/contract.ts'
import { codedError, isCodedError } from '../errors/index.ts'
import { Attempts } from './attempts.ts'
import { chunksOf } from './body.ts'
import { reportFailure, type OnFailure } from './call-failure.ts'
import type { Handshake } from './handshake.ts'
import { withLimits, type WireLimits } from './limits.ts'
import { Pairs } from './pairs.ts'
import { callHeader, driverHeader, handshakePath, idempotencyHeader, parsePath } from './paths.ts'
import { exchangeId, sendError, sendJson, serveCall } from './serve-call.ts'
import { nodeHttp } from './node-http.ts'

/** A contract and what implements it: an `Implementation` of that contract. */
export interface ServedContract {
  readonly contract: ContractDefinition
  readonly implementation: object
  /** Name by which a caller picks it, where several drivers of a contract are served. */
  readonly driver?: string | undefined
  /** Finds drivers that are not in the list when a caller names one. Throws, or answers undefined, for one unknown. */
  readonly find?: ((driver: string) => object | undefined) | undefined
}

export interface ServeOptions {
  /** scope/name of the component, for the handshake. */
  readonly component: string
  readonly version: string
  readonly implementations: readonly ServedContract[]
  readonly limits?: Partial<WireLimits> | undefined
  /** Told of everything that an implementation throws without a code; the caller sees WIRE_INTERNAL. */
  readonly onDefect?: ((error: unknown, subject: string) => void) | undefined
  /** Told of every call that fails, with or without a code. */
  readonly onFailure?: OnFailure | undefined
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
  const served = Map.groupBy(options.implementations, (each) => each.contract.id)
  const limits = withLimits(options.limits)
  const pairs = new Pairs(limits)
  const attempts = new Attempts()
  const onDefect = options.onDefect ?? (() => undefined)
  const handshake: Handshake = {
    Implements: [],
    component: options.component,
    version: options.version,
    contracts: [...served.values()].flatMap(([first]) =>
      first === undefined ? [] : [{ contract: first.contract.id, version: first.contract.version }],
    ),
  }

  async function route(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    if (request.method !== 'POST') throw codedError('WIRE_REQUEST_INVALID', `${request.method}: only POST is served`)
    if (request.url === handshakePath) return sendJson(response, 200, Buffer.from(JSON.stringify(handshake)))
    const target = parsePath(request.url ?? '')
    if (target === undefined) throw codedError('WIRE_REQUEST_INVALID', `${request.url} is not /<contract>/<method>`)
    const contracts = served.get(target.contract)
    if (contracts === undefined) {
      throw codedError('WIRE_CONTRACT_UNKNOWN', `${options.component} does not serve ${target.contract}`)
    }
    const { definition, method } = lookUp(pickDriver(contracts, request.headers[driverHeader]), target.method)
    const subject = `${target.contract} ${target.method}`
    if (target.input) {
      await pairs.offer(exchangeId(request), request)
      return sendJson(response, 200, Buffer.from('{}'))
    }
    const { onFailure } = options
    const id = callId(request)
    response.setHeader(callHeader, id)
    const call = { subject, id, definition, method, request, response, signal, limits, pairs, onDefect, onFailure }
    const key = request.headers[idempotencyHeader]
    const attempt = async (): Promise<void> => {
      if (!signal.aborted) await serveCall(call)
    }
    try {
      await (typeof key !== 'string' || key.length > 64 ? attempt() : attempts.inTurn(`${subject} ${key}`, attempt))
    } catch (error) {
      throw reportFailure(onFailure, { call: id, subject, error })
    }
  }

  const server = nodeHttp.createServer((request, response) => {
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

/** The caller's correlation id, a new one for a caller without. */
function callId({ headers }: IncomingMessage): string {
  const id = headers[callHeader]
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? id : randomUUID()
}

/** One of the drivers of a contract. Without a name there must be no choice. */
function pickDriver(served: readonly ServedContract[], name: string | string[] | undefined): ServedContract {
  const [first] = served
  const unnamed = served.filter(({ driver }) => driver === undefined)
  const [only] = unnamed
  if (name === undefined && only !== undefined && unnamed.length === 1) return only
  const found = served.find(({ driver }) => driver !== undefined && driver === name)
  if (found !== undefined) return found
  const finder = served.find(({ find }) => find !== undefined)
  if (typeof name === 'string' && finder !== undefined) {
    const implementation = finder.find?.(name)
    if (implementation !== undefined) return { contract: finder.contract, implementation, driver: name }
  }
  const contract = first?.contract.id ?? ''
  const hint = `the header ${driverHeader} must be one of: ${served.flatMap(({ driver }) => driver ?? []).join(', ')}`
  if (name === undefined) throw codedError('WIRE_REQUEST_INVALID', `${contract}: no driver is named`, { hint })
  throw codedError('DRIVER_UNKNOWN', `There is no driver ${String(name)} of ${contract}`, { hint })
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
