import { WireType } from '@bufbuild/protobuf/wire'
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

const MapEntry = message('MapEntry', { key: string(1), value: string(2) })

/** `map<string, string>`: on the wire a repeated message of key and value. */
export function stringMap(number: number): Field<Readonly<Record<string, string>>> {
  const entries = repeatedMessage(number, MapEntry)
  return {
    number,
    wireTypes: entries.wireTypes,
    empty: () => ({}),
    write: (writer, value) =>
      entries.write(
        writer,
        Object.entries(value).map(([key, word]) => ({ key, value: word })),
      ),
    read: (reader, _wireType, previous) => {
      const { key, value } = MapEntry.decode(reader.bytes())
      return { ...previous, [key]: value }
    },
  }
}
