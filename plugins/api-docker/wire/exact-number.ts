// In V8 since 11.4, not yet in the library types of this TypeScript.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

/** A 64-bit integer for JSON with all its digits. */
export function exactNumber(value: string | bigint): unknown {
  return rawJSON(BigInt(value).toString())
}
