import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire'
import type { Field } from './field.ts'

type Fields = Readonly<Record<string, Field<unknown>>>
type ValueOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/** A protobuf message: its name, and how values of it become bytes and back. */
export interface MessageType<T> {
  /** Full name: `containerd.task.v2.CreateTaskRequest`. */
  readonly name: string
  /** Absent members are written as their empty value. */
  encode(value: Partial<T>): Uint8Array
  /** Every member of the answer is set. Unknown fields are skipped. Throws on bytes that are no such message. */
  decode(bytes: Uint8Array): T
}

export type MessageValue<M> = M extends MessageType<infer T> ? T : never

/**
 * Describes a message by a table of its fields:
 * `message('google.protobuf.Any', { typeUrl: string(1), value: bytes(2) })`.
 */
export function message<F extends Fields>(name: string, fields: F): MessageType<ValueOf<F>> {
  const entries = Object.entries<Field<unknown>>(fields)
  const byNumber = new Map(entries.map(([key, field]) => [field.number, { key, field }]))
  return {
    name,
    encode(value) {
      const writer = new BinaryWriter()
      for (const [key, field] of entries) {
        const member = (value as Readonly<Record<string, unknown>>)[key]
        if (member !== undefined) field.write(writer, member)
      }
      return writer.finish()
    },
    decode(bytes) {
      const value = Object.fromEntries(entries.map(([key, field]) => [key, field.empty()]))
      const reader = new BinaryReader(bytes)
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag()
        const known = byNumber.get(number)
        if (known === undefined) {
          reader.skip(wireType, number)
          continue
        }
        const { key, field } = known
        if (!field.wireTypes.includes(wireType)) throw new TypeError(`${name}.${key} has wire type ${wireType}`)
        value[key] = field.read(reader, wireType, value[key])
      }
      return value as ValueOf<F>
    },
  }
}
