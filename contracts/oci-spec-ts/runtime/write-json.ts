const maxUint64 = 2n ** 64n - 1n

/**
 * JSON of a document of the runtime specification. A bigint becomes a plain number with all its digits,
 * and a number at the end of 64 bits the largest that fits: `RLIM_INFINITY` as a double would be written
 * 18446744073709552000, which no runtime reads.
 */
export function writeRuntimeJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return rawJson(String(item))
    return typeof item === 'number' && item >= Number(maxUint64) ? rawJson(String(maxUint64)) : item
  })
}

/** ECMAScript "JSON.parse source text access"; TypeScript's library does not have it yet. */
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(text: string): unknown }
