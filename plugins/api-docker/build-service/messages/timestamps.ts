import type { Timestamp } from '@moby/lib-ttrpc'

/** Now, as google.protobuf.Timestamp. */
export function timestampNow(): Timestamp {
  return timestampOf(Date.now())
}

/** Milliseconds since 1970 as google.protobuf.Timestamp. */
export function timestampOf(milliseconds: number): Timestamp {
  const seconds = Math.floor(milliseconds / 1000)
  return { seconds, nanos: Math.min(999_999_999, Math.round((milliseconds - seconds * 1000) * 1_000_000)) }
}
