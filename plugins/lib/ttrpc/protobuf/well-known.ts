import { bytes, int32, int64, string } from './field.ts'
import { message, type MessageType, type MessageValue } from './message.ts'

/** A message of a type that is told beside it. containerd writes type URLs without `type.googleapis.com/`. */
export const Any = message('google.protobuf.Any', { typeUrl: string(1), value: bytes(2) })
export type Any = MessageValue<typeof Any>

export const Empty = message('google.protobuf.Empty', {})

export const Timestamp = message('google.protobuf.Timestamp', { seconds: int64(1), nanos: int32(2) })
export type Timestamp = MessageValue<typeof Timestamp>

export function packAny<T>(type: MessageType<T>, value: Partial<T>): Any {
  return { typeUrl: type.name, value: type.encode(value) }
}

/** RFC 3339 in UTC with nanoseconds; undefined for the zero time of Go, which stands for "not yet". */
export function formatTimestamp(timestamp: Timestamp | undefined): string | undefined {
  if (timestamp === undefined || timestamp.seconds <= 0) return undefined
  const date = new Date(timestamp.seconds * 1000)
  if (Number.isNaN(date.getTime())) return undefined
  return `${date.toISOString().slice(0, 19)}.${String(timestamp.nanos).padStart(9, '0')}Z`
}
