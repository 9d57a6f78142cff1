import { Type, type TSchema } from 'typebox'

/**
 * Integers of the specifications. JSON.parse rounds beyond 2^53, so the outermost values of 64-bit
 * types are only as exact as a double; sizes, where that would matter, stop at 2^53 - 1.
 */
export const Int32 = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 })
export const Uint16 = Type.Integer({ minimum: 0, maximum: 65_535 })
export const Uint32 = Type.Integer({ minimum: 0, maximum: 4_294_967_295 })
export const Int64 = Type.Integer({ minimum: -(2 ** 63), maximum: 2 ** 63 })
export const Uint64 = Type.Integer({ minimum: 0, maximum: 2 ** 64 })
/** Where the full 64 bits are in use (`RLIM_INFINITY`, system call arguments) a bigint says them exactly. */
export const ExactUint64 = Type.Union([
  Uint64,
  Type.Refine(
    Type.BigInt(),
    (value) => value >= 0n && value < 2n ** 64n,
    () => 'must fit 64 bits without sign',
  ),
])

export const Strings = Type.Array(Type.String())
export const StringMap = Type.Record(Type.String(), Type.String())
/** RFC 3339. */
export const DateTime = Type.String({ format: 'date-time' })
/** Implementations in Go write empty slices and maps as null, and read null as empty. */
export const OrNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
/** One of these words, typed as their union. */
export const Words = <const T extends readonly string[]>(words: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...words] })
