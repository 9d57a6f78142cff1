import { WireType, type BinaryReader, type BinaryWriter } from '@bufbuild/protobuf/wire'
import { string, type Field } from './field.ts'
import { message, type MessageType } from './message.ts'

/** A message within a message; undefined when absent. */
export function nested<T>(number: number, type: MessageType<T>): Field<T | undefined> {
  return {
    number,
    wireTypes: [WireType.LengthDelimited],
    empty: () => undefined,
    write: (writer, value) => {
      if (value !== undefined) writer.tag(number, WireType.LengthDelimited).bytes(type.encode(value))
    },
    read: (reader) => type.decode(reader.bytes()),
  }
}

export function repeatedMessage<T>(number: number, type: MessageType<T>): Field<T[]> {
  return {
    number,
    wireTypes: [WireType.LengthDelimited],
    empty: () => [],
    write: (writer, values) => {
      for (const value of values) writer.tag(number, WireType.LengthDelimited).bytes(type.encode(value))
    },
    read: (reader, _wireType, previous) => {
      previous.push(type.decode(reader.bytes()))
      return previous
    },
  }
}

/** Written packed, read packed or one by one, as proto3 demands. */
export function repeatedUint64(number: number): Field<number[]> {
  return {
    number,
    wireTypes: [WireType.LengthDelimited, WireType.Varint],
    empty: () => [],
    write: (writer, values) => {
      if (values.length === 0) return
      writer.tag(number, WireType.LengthDelimited).fork()
      for (const value of values) writer.uint64(value)
      writer.join()
    },
    read: (reader, wireType, previous) => {
      const end = wireType === WireType.Varint ? reader.pos + 1 : reader.uint32() + reader.pos
      if (end > reader.len) throw new RangeError('a packed field is longer than its message')
      while (reader.pos < end) previous.push(Number(reader.uint64()))
      return previous
    },
  }
}

/** `repeated string`. */
export function repeatedString(number: number): Field<string[]> {
  return repeated(
    number,
    (writer, value) => writer.string(value),
    (reader) => reader.string(),
  )
}

/** `repeated bytes`. */
export function repeatedBytes(number: number): Field<Uint8Array[]> {
  return repeated(
    number,
    (writer, value) => writer.bytes(value),
    (reader) => reader.bytes(),
  )
}

function repeated<T>(
  number: number,
  write: (writer: BinaryWriter, value: T) => void,
  read: (reader: BinaryReader) => T,
): Field<T[]> {
  return {
    number,
    wireTypes: [WireType.LengthDelimited],
    empty: () => [],
    write: (writer, values) => {
      for (const value of values) write(writer.tag(number, WireType.LengthDelimited), value)
    },
    read: (reader, _wireType, previous) => {
      previous.push(read(reader))
      return previous
    },
  }
}

/** `map<string, V>`: on the wire a repeated message of key and value. `value` makes the field of the value. */
export function mapOf<T>(number: number, value: (number: number) => Field<T>): Field<Readonly<Record<string, T>>> {
  const entry = message('MapEntry', { key: string(1), value: value(2) })
  return {
    number,
    wireTypes: [WireType.LengthDelimited],
    empty: () => ({}),
    write: (writer, values) => {
      for (const [key, item] of Object.entries(values)) {
        writer.tag(number, WireType.LengthDelimited).bytes(entry.encode({ key, value: item }))
      }
    },
    read: (reader, _wireType, previous) => {
      const { key, value: item } = entry.decode(reader.bytes())
      // Assigning would make `__proto__` something else than a key.
      Object.defineProperty(previous, key, { value: item, enumerable: true, configurable: true, writable: true })
      return previous
    },
  }
}

/** `map<string, string>`. */
export function stringMap(number: number): Field<Readonly<Record<string, string>>> {
  return mapOf(number, string)
}
