/**
 * JSON of a document of the runtime specification. A bigint becomes a plain number with all its
 * digits: `RLIM_INFINITY` as a double would be written 18446744073709552000, which no runtime reads.
 */
export function writeRuntimeJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? rawJson(item.toString()) : item))
}

/** ECMAScript "JSON.parse source text access"; TypeScript's library does not have it yet. */
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(text: string): unknown }
