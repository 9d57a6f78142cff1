import type { Problem } from '../validator.ts'

/**
 * A document that could be read as another kind as well is refused: two readers that disagree about
 * what a digest means have been a hole before (image-spec 1.0.2, CVE-2021-41190).
 */
export function* refuseKeys(value: object, kind: string, keys: readonly string[]): Iterable<Problem> {
  for (const key of keys) {
    if (Object.hasOwn(value, key)) yield { path: `/${key}`, message: `must not be in an ${kind}` }
  }
}

/** `mediaType` may be absent, but what it says must be true. */
export function* requireMediaType(
  value: { readonly mediaType?: string },
  kind: string,
  allowed: readonly string[],
): Iterable<Problem> {
  if (value.mediaType === undefined || allowed.includes(value.mediaType)) return
  yield { path: '/mediaType', message: `is not that of an ${kind}: ${value.mediaType}` }
}
