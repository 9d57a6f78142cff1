import { randomUUID } from 'node:crypto'
import type { CallOptions, MethodDefinition } from '../component/contract.ts'
import { Nothing } from '../component/schemas.ts'
import { hasCode } from '../errors/index.ts'
import { openScope, type CallScope } from './call-scope.ts'
import { openExchange, readAnswer, type Route } from './exchange.ts'
import { feedInput } from './feed.ts'
import { encodeFrame } from './frames.ts'
import { readMessage, writeMessage } from './message.ts'
import { callHeader, driverHeader, idempotencyHeader, streamType } from './paths.ts'
import { reportFailure } from './call-failure.ts'

/** A method of a peer. */
export interface RemoteMethod {
  readonly route: Route
  readonly path: string
  /** `storage.volume create`: begins every message. */
  readonly subject: string
  readonly definition: MethodDefinition
  /** Picks one of several drivers that the peer serves. */
  readonly driver?: string | undefined
}

/** Headers that every exchange of a call carries. */
export function callHeaders({ driver }: RemoteMethod, id: string): Record<string, string> {
  return driver === undefined ? { [callHeader]: id } : { [callHeader]: id, [driverHeader]: driver }
}

/** Calls a method that answers with one value. */
export async function callForAnswer(method: RemoteMethod, request: unknown, call?: CallOptions): Promise<unknown> {
  const { definition } = method
  const body = writeMessage(definition.request, request)
  const scope = openScope(call?.signal, Math.min(definition.deadlineMs, method.route.limits.callMs), method.subject)
  const [id, key] = [call?.id ?? randomUUID(), randomUUID()]
  try {
    return await attempt(method, body, scope, { id, key }).catch((error: unknown) => {
      if (!definition.idempotent || scope.signal.aborted || !hasCode(error, 'WIRE_PEER_UNREACHABLE')) throw error
      // Of two attempts that were cut, the first tells more: it may have been carried out.
      return attempt(method, body, scope, { id, key }).catch((again: unknown) => {
        throw hasCode(again, 'WIRE_PEER_UNREACHABLE') ? error : again
      })
    })
  } catch (error) {
    throw reportFailure(method.route.onFailure, { call: id, subject: method.subject, error })
  } finally {
    scope.close()
  }
}

async function attempt(
  method: RemoteMethod,
  body: Buffer,
  scope: CallScope,
  { id, key }: { readonly id: string; readonly key: string },
): Promise<unknown> {
  const { route, path, subject, definition } = method
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    ...callHeaders(method, id),
    ...(definition.idempotent ? { [idempotencyHeader]: key } : {}),
  }
  const exchange = openExchange(route, { path, headers }, body, scope.signal, subject)
  return readResult(method, await exchange.response, scope)
}

/** Calls a method that takes a stream and answers with one value. It is never repeated: the stream is spent. */
export async function callWithInput(
  method: RemoteMethod,
  request: unknown,
  input: AsyncIterable<unknown>,
  call?: CallOptions,
): Promise<unknown> {
  const { route, path, subject, definition } = method
  const scope = openScope(call?.signal, definition.deadlineMs, subject)
  const id = call?.id ?? randomUUID()
  const headers = { 'content-type': streamType, ...callHeaders(method, id) }
  const exchange = openExchange(route, { path, headers }, undefined, scope.signal, subject)
  exchange.request.write(encodeFrame('request', writeMessage(definition.request, request)))
  const feed = feedInput(exchange.request, definition.input ?? 'bytes', input, route.limits)
  try {
    return await readResult(method, await exchange.response, scope)
  } catch (error) {
    const cause = scope.signal.aborted ? error : (feed.failure()?.error ?? error)
    throw reportFailure(route.onFailure, { call: id, subject, error: cause })
  } finally {
    feed.stop()
    if (!exchange.request.writableEnded) exchange.request.destroy()
    scope.close()
  }
}

async function readResult(
  { route, subject, definition }: RemoteMethod,
  response: Parameters<typeof readAnswer>[0],
  scope: CallScope,
): Promise<unknown> {
  const limit = Math.min(
    definition.maxBytes ?? route.limits.bodyBytes,
    definition.maxAnswerBytes ?? Number.POSITIVE_INFINITY,
  )
  const body = await readAnswer(response, limit, route, scope.signal, subject)
  return readMessage(definition.response ?? Nothing, body, route.limits.depth, 'WIRE_RESPONSE_INVALID', subject)
}
