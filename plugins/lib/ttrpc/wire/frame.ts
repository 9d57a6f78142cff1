/** Message types of the ttrpc protocol (containerd/ttrpc, PROTOCOL.md). */
export const frameTypes = { request: 1, response: 2, data: 3 } as const

export const headerLength = 10
/** Bytes of data that a frame may carry. */
export const maxFrameLength = 4 * 1024 * 1024

export interface Frame {
  readonly streamId: number
  readonly type: number
  readonly flags: number
  readonly data: Uint8Array
  /** Its data was longer than the limit and has been thrown away; `data` is empty. */
  readonly oversized: boolean
}

/** Header (length, stream, type, flags, big-endian) and data in one buffer. */
export function encodeFrame(streamId: number, type: number, data: Uint8Array, flags = 0): Uint8Array {
  const frame = Buffer.allocUnsafe(headerLength + data.length)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(streamId, 4)
  frame[8] = type
  frame[9] = flags
  frame.set(data, headerLength)
  return frame
}
