import { codedError } from '../errors/index.ts'

/** Kinds of frames by the byte that tells them. */
export const frameKinds = {
  /** A piece of a byte stream. */
  data: 1,
  /** One record of a record stream, as JSON. */
  record: 2,
  /** The request of a call whose body is its input stream: the first frame, as JSON. */
  request: 3,
  /** The end, as JSON: `{}`, or an error envelope. Nothing follows. */
  status: 4,
} as const
export type FrameKind = keyof typeof frameKinds

export interface Frame {
  readonly kind: FrameKind
  readonly payload: Uint8Array
}

/** Bytes of one frame that a reader takes, by kind. */
export interface FrameLimits {
  readonly data: number
  readonly json: number
}

const headBytes = 5
const kindNames = new Map<number, FrameKind>(
  Object.entries(frameKinds).map(([name, byte]): [number, FrameKind] => [byte, name as FrameKind]),
)

/** A frame on the wire: one byte for its kind, four for the length of the payload (big-endian), the payload. */
export function encodeFrame(kind: FrameKind, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + payload.length)
  frame[0] = frameKinds[kind]
  frame.writeUInt32BE(payload.length, 1)
  frame.set(payload, headBytes)
  return frame
}

/**
 * Cuts chunks into frames, wherever the chunks were cut. Holds no more than one frame and one chunk.
 * Fails with WIRE_STREAM_BROKEN for what is no frame and for an end inside a frame, with WIRE_TOO_LARGE over the limit.
 */
export async function* readFrames(
  chunks: AsyncIterable<Uint8Array>,
  limits: FrameLimits,
  subject: string,
): AsyncGenerator<Frame, void, undefined> {
  const queue = new ByteQueue()
  let head: { kind: FrameKind; length: number } | undefined
  for await (const chunk of chunks) {
    queue.push(chunk)
    for (;;) {
      if (head === undefined) {
        if (queue.length < headBytes) break
        head = readHead(queue.take(headBytes), limits, subject)
      }
      if (queue.length < head.length) break
      const frame = { kind: head.kind, payload: queue.take(head.length) }
      head = undefined
      yield frame
    }
  }
  if (head !== undefined || queue.length > 0) {
    throw codedError('WIRE_STREAM_BROKEN', `${subject}: the stream ended inside a frame`)
  }
}

function readHead(bytes: Uint8Array, limits: FrameLimits, subject: string): { kind: FrameKind; length: number } {
  const kind = kindNames.get(bytes[0] ?? 0)
  if (kind === undefined) throw codedError('WIRE_STREAM_BROKEN', `${subject}: ${bytes[0]} is no kind of frame`)
  const length = Buffer.from(bytes).readUInt32BE(1)
  const limit = kind === 'data' ? limits.data : limits.json
  if (length > limit) {
    throw codedError('WIRE_TOO_LARGE', `${subject}: a frame of ${length} bytes, where ${limit} are allowed`, {
      details: { length, limit },
    })
  }
  return { kind, length }
}

/** Bytes in the order they came, taken out in other portions without copying more than once. */
class ByteQueue {
  length = 0
  readonly #chunks: Uint8Array[] = []

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.length += chunk.length
  }

  /** At most `length` bytes must be asked for. */
  take(count: number): Uint8Array {
    this.length -= count
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= count) {
      if (first.length === count) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(count)
      return plain(first.subarray(0, count))
    }
    const taken = new Uint8Array(count)
    for (let at = 0; at < count;) {
      const chunk = this.#chunks[0] as Uint8Array
      const part = chunk.subarray(0, count - at)
      taken.set(part, at)
      at += part.length
      if (part.length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(part.length)
    }
    return taken
  }
}

/** Buffers are pooled and have other methods: callers get the plain type that the contract promises. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
