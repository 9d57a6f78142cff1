import type { StreamType } from '../component/contract.ts'
import { codedError } from '../errors/index.ts'
import { fromEnvelope, toEnvelope } from './envelope.ts'
import { encodeFrame, type Frame } from './frames.ts'
import { parseJson } from './json.ts'
import type { WireLimits } from './limits.ts'
import { readMessage, writeMessage } from './message.ts'

/** Frames of one item. Bytes are split, so that no frame is larger than a reader takes; no bytes are no frame. */
export function* itemFrames(type: StreamType, item: unknown, limits: WireLimits): Generator<Buffer, void, undefined> {
  if (type !== 'bytes') {
    yield encodeFrame('record', writeMessage(type, item))
    return
  }
  if (!(item instanceof Uint8Array)) throw new TypeError('a stream of bytes yields Uint8Array')
  for (let at = 0; at < item.length; at += limits.dataFrameBytes) {
    yield encodeFrame('data', item.subarray(at, at + limits.dataFrameBytes))
  }
}

/** The frame that ends a stream: well, or with an error. */
export function statusFrame(outcome: { readonly error: unknown } | 'ended'): Buffer {
  const body = outcome === 'ended' ? {} : toEnvelope(outcome.error).body
  return encodeFrame('status', Buffer.from(JSON.stringify(body)))
}

/**
 * The items of a stream. Fails with the error of its status frame; with WIRE_STREAM_BROKEN when it ends
 * without one or holds frames of another kind; with `side` for a record that does not match the schema.
 */
export async function* readItems(
  frames: AsyncIterable<Frame>,
  type: StreamType,
  limits: WireLimits,
  side: 'WIRE_REQUEST_INVALID' | 'WIRE_RESPONSE_INVALID',
  subject: string,
): AsyncGenerator<unknown, void, undefined> {
  const wanted = type === 'bytes' ? 'data' : 'record'
  for await (const { kind, payload } of frames) {
    if (kind === 'status') {
      const status = parseJson(payload, limits.depth, side, subject)
      if (isRecord(status) && !Object.hasOwn(status, 'error')) return
      throw fromEnvelope(status, subject)
    }
    if (kind !== wanted) throw codedError('WIRE_STREAM_BROKEN', `${subject}: a ${kind} frame in a stream of ${wanted}`)
    yield type === 'bytes' ? payload : readMessage(type, payload, limits.depth, side, subject)
  }
  throw codedError('WIRE_STREAM_BROKEN', `${subject}: the stream was cut`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
