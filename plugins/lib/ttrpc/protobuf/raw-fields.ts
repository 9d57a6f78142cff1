import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/** One field of an encoded message, not looked into. */
export interface RawField {
  readonly number: number
  /** Tag and value, as they were. */
  readonly whole: Uint8Array
  /** The value without tag and length, of text, bytes and messages; undefined of numbers. */
  readonly value: Uint8Array | undefined
}

/**
 * The fields of an encoded message in their order, so that a few can be changed and the rest passed on byte for byte,
 * known or not. Throws on bytes that are no message.
 */
export function rawFields(bytes: Uint8Array): RawField[] {
  const reader = new BinaryReader(bytes)
  const fields: RawField[] = []
  while (reader.pos < reader.len) {
    const start = reader.pos
    const [number, wireType] = reader.tag()
    let value: Uint8Array | undefined
    if (wireType === WireType.LengthDelimited) value = reader.bytes()
    else reader.skip(wireType, number)
    if (reader.pos > reader.len) throw new RangeError('a field is longer than its message')
    fields.push({ number, whole: bytes.subarray(start, reader.pos), value })
  }
  return fields
}
