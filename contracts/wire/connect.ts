import type { CallOptions, ContractDefinition, Implementation } from '../component/contract.ts'
import { codedError } from '../errors/index.ts'
import type { OnFailure } from './call-failure.ts'
import { callForAnswer, callWithInput, type RemoteMethod } from './call-remote.ts'
import { openScope } from './call-scope.ts'
import { openExchange, readAnswer, type Route } from './exchange.ts'
import { Handshake } from './handshake.ts'
import { withLimits, type WireLimits } from './limits.ts'
import { readMessage } from './message.ts'
import { handshakePath, pathOf } from './paths.ts'
import { makeQuietAgent } from './quiet-agent.ts'
import { RemoteStream } from './remote-stream.ts'

export interface ConnectOptions {
  /** Absolute path of the peer's Unix socket. Nothing is opened before the first call. */
  readonly socketPath: string
  readonly limits?: Partial<WireLimits> | undefined
  /** Told of every call that fails, however it fails. */
  readonly onFailure?: OnFailure | undefined
}

/** A process that serves contracts. */
export interface Peer {
  /** Who it is and what it serves. Fails after `deadlineMs` (default 5000) with WIRE_DEADLINE. */
  handshake(deadlineMs?: number): Promise<Handshake>
  /**
   * A proxy with the type of a driver. All proxies of a peer share its connections. `driver` picks one where the
   * peer serves several of the contract.
   */
  contract<C extends ContractDefinition>(contract: C, driver?: string): Implementation<C>
  /** Closes connections; calls in flight fail with WIRE_PEER_UNREACHABLE or WIRE_STREAM_BROKEN. */
  close(): void
}

/** Opens the way to a peer. */
export function connectPeer(options: ConnectOptions): Peer {
  const { socketPath, limits, onFailure } = options
  const agent = makeQuietAgent(() => {
    const error = codedError(
      'WIRE_RESPONSE_INVALID',
      `${socketPath}: an answer that nobody asked for, which was dropped`,
    )
    onFailure?.({ call: '-', subject: 'no call', error })
  })
  const closing = new AbortController()
  const route: Route = { socketPath, agent, limits: withLimits(limits), closed: closing.signal, onFailure }
  return {
    handshake: (deadlineMs = 5_000) => shakeHands(route, deadlineMs),
    contract: <C extends ContractDefinition>(contract: C, driver?: string) =>
      proxyOf(contract, route, driver) as Implementation<C>,
    close() {
      closing.abort(codedError('WIRE_PEER_UNREACHABLE', `the way to ${socketPath} was closed`))
      agent.destroy()
    },
  }
}

/** A driver behind a socket, with the type of a driver in this process. */
export function connectContract<C extends ContractDefinition>(contract: C, options: ConnectOptions): Implementation<C> {
  return connectPeer(options).contract(contract)
}

async function shakeHands(route: Route, deadlineMs: number): Promise<Handshake> {
  const subject = `handshake with ${route.socketPath}`
  const scope = openScope(undefined, deadlineMs, subject)
  try {
    const head = { path: handshakePath, headers: { 'content-length': 0 } }
    const { response } = openExchange(route, head, new Uint8Array(), scope.signal, subject)
    const body = await readAnswer(await response, route.limits.noticeBytes, route, scope.signal, subject)
    return readMessage(Handshake, body, route.limits.depth, 'WIRE_RESPONSE_INVALID', subject) as Handshake
  } finally {
    scope.close()
  }
}

function proxyOf(contract: ContractDefinition, route: Route, driver: string | undefined): object {
  const methods = Object.entries(contract.methods).map(([name, definition]) => [
    name,
    proxyMethod({ route, path: pathOf(contract.id, name), subject: `${contract.id} ${name}`, definition, driver }),
  ])
  return Object.freeze(Object.fromEntries(methods))
}

function proxyMethod(method: RemoteMethod): unknown {
  const { input, output } = method.definition
  if (input !== undefined && output !== undefined) {
    return (request: unknown, source: AsyncIterable<unknown>, call?: CallOptions) =>
      new RemoteStream(method, request, source, call)
  }
  if (output !== undefined) {
    return (request: unknown, call?: CallOptions) => new RemoteStream(method, request, undefined, call)
  }
  return input === undefined
    ? (request: unknown, call?: CallOptions) => callForAnswer(method, request, call)
    : (request: unknown, source: AsyncIterable<unknown>, call?: CallOptions) =>
        callWithInput(method, request, source, call)
}
