import { WireType, type BinaryReader, type BinaryWriter } from '@bufbuild/protobuf/wire'

/** How one field of a message is written and read. `T` is its type in TypeScript. */
export interface Field<T> {
  readonly number: number
  /** The forms in which it may arrive; repeated numbers have two. */
  readonly wireTypes: readonly WireType[]
  /** The value of an absent field, new for each message. */
  empty(): T
  /** Writes tag and value, or nothing for the empty value, as proto3 does. */
  write(writer: BinaryWriter, value: T): void
  /** Reads one value whose tag was consumed; `previous` is what the field held before and may be changed. */
  read(reader: BinaryReader, wireType: WireType, previous: T): T
}

function scalar<T>(
  number: number,
  wireType: WireType,
  empty: T,
  write: (writer: BinaryWriter, value: T) => void,
  read: (reader: BinaryReader) => T,
): Field<T> {
  return {
    number,
    wireTypes: [wireType],
    empty: () => empty,
    write: (writer, value) => {
      if (value !== empty) write(writer.tag(number, wireType), value)
    },
    read,
  }
}

export const string = (number: number): Field<string> =>
  scalar(
    number,
    WireType.LengthDelimited,
    '',
    (writer, value) => writer.string(value),
    (reader) => reader.string(),
  )

export const bool = (number: number): Field<boolean> =>
  scalar(
    number,
    WireType.Varint,
    false,
    (writer, value) => writer.bool(value),
    (reader) => reader.bool(),
  )

export const uint32 = (number: number): Field<number> =>
  scalar(
    number,
    WireType.Varint,
    0,
    (writer, value) => writer.uint32(value),
    (reader) => reader.uint32(),
  )

/** For enumerations too, which are open: a value that is not known stays a number. */
export const int32 = (number: number): Field<number> =>
  scalar(
    number,
    WireType.Varint,
    0,
    (writer, value) => writer.int32(value),
    (reader) => reader.int32(),
  )

/** A number here: beyond 2^53 it is rounded, which counters and limits bear. */
export const uint64 = (number: number): Field<number> =>
  scalar(
    number,
    WireType.Varint,
    0,
    (writer, value) => writer.uint64(value),
    (reader) => Number(reader.uint64()),
  )

/** A number here: beyond 2^53 it is rounded, which times bear. */
export const int64 = (number: number): Field<number> =>
  scalar(
    number,
    WireType.Varint,
    0,
    (writer, value) => writer.int64(value),
    (reader) => Number(reader.int64()),
  )

/** All 64 bits. */
export const exactInt64 = (number: number): Field<bigint> =>
  scalar(
    number,
    WireType.Varint,
    0n,
    (writer, value) => writer.int64(value),
    (reader) => BigInt(reader.int64()),
  )

export function bytes(number: number): Field<Uint8Array> {
  return {
    number,
    wireTypes: [WireType.LengthDelimited],
    empty: () => new Uint8Array(0),
    write: (writer, value) => {
      if (value.length > 0) writer.tag(number, WireType.LengthDelimited).bytes(value)
    },
    read: (reader) => reader.bytes(),
  }
}
