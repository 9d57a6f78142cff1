/** What a peer may ask of this process before it is refused. */
export interface WireLimits {
  /** Bytes of a JSON body or record, for methods that do not set `maxBytes` themselves. */
  readonly bodyBytes: number
  /** Bytes of an answer to a handshake, and of one that is an error. */
  readonly noticeBytes: number
  /** Bytes of one frame of a byte stream; senders split what is longer. */
  readonly dataFrameBytes: number
  /** Objects and arrays within one another. */
  readonly depth: number
  /** Milliseconds until a JSON request must have arrived. */
  readonly bodyMs: number
  /** Milliseconds that one half of a two-way call waits for the other. */
  readonly pairMs: number
  /** Halves of two-way calls that wait at once. */
  readonly waitingPairs: number
  /** Milliseconds that a call without a stream may last at most, whatever the deadline of its method. */
  readonly callMs: number
  /** Milliseconds until the head of a stream's answer must have come. */
  readonly streamHeadMs: number
}

export const defaultLimits: WireLimits = {
  bodyBytes: 16 * 1024 * 1024,
  noticeBytes: 1024 * 1024,
  dataFrameBytes: 1024 * 1024,
  depth: 64,
  bodyMs: 30_000,
  pairMs: 10_000,
  waitingPairs: 256,
  callMs: Number.POSITIVE_INFINITY,
  streamHeadMs: 30_000,
}

/** The limits with some of them set otherwise. */
export function withLimits(overrides: Partial<WireLimits> | undefined): WireLimits {
  return { ...defaultLimits, ...overrides }
}
