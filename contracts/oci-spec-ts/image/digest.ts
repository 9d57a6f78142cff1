import { Type } from 'typebox'

const grammar = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/

/** Registered algorithms and the length of their lower-case hexadecimal encoding. */
const hexLengths = new Map([
  ['sha256', 64],
  ['sha512', 128],
  ['blake3', 64],
])

export interface Digest {
  readonly algorithm: string
  readonly encoded: string
}

/**
 * Takes `algorithm:encoded` apart (image-spec, descriptor.md, "Digests"). Algorithms that are not
 * registered pass when they follow the grammar; registered ones must be lower-case hexadecimal of
 * their exact length, so that one content has one name. Undefined for anything else.
 */
export function parseDigest(text: string): Digest | undefined {
  const [, algorithm, encoded] = grammar.exec(text) ?? []
  if (algorithm === undefined || encoded === undefined) return undefined
  const length = hexLengths.get(algorithm)
  if (length !== undefined && (encoded.length !== length || !/^[0-9a-f]+$/.test(encoded))) return undefined
  return { algorithm, encoded }
}

/** A digest as a string: `sha256:` and 64 lower-case hexadecimal digits, or another algorithm. */
export const DigestString = Type.Refine(
  Type.String({ pattern: grammar.source }),
  (text) => parseDigest(text) !== undefined,
  () => 'must be a digest: algorithm:encoded, lower-case hexadecimal of the right length for sha256 and sha512',
)
