import { WireType } from '@bufbuild/protobuf/wire'
import { bool, bytes, int32, message, nested, string, type Field, type MessageValue } from '@moby/lib-ttrpc'

/** A 64-bit number that keeps all its bits: nanoseconds since 1970 are beyond 2^53. */
const nanoseconds = (number: number): Field<bigint> => ({
  number,
  wireTypes: [WireType.Varint],
  empty: () => 0n,
  write: (writer, value) => {
    if (value !== 0n) writer.tag(number, WireType.Varint).int64(value)
  },
  read: (reader) => BigInt(reader.int64()),
})

const PartialLogEntryMetadata = message('PartialLogEntryMetadata', { last: bool(1), id: string(2), ordinal: int32(3) })

/** One line or piece of a line, as FIFOs and `ReadLogs` carry it. Source: moby daemon/logger/internal/logdriver/entry.proto. */
export const LogEntry = message('LogEntry', {
  source: string(1),
  timeNano: nanoseconds(2),
  line: bytes(3),
  partial: bool(4),
  metadata: nested(5, PartialLogEntryMetadata),
})
export type LogEntry = MessageValue<typeof LogEntry>
