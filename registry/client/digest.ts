import { createHash, type Hash } from 'node:crypto'
import { codedError } from '@moby/contracts'

const lengths = { sha256: 64, sha512: 128 } as const

/** A digest that was checked: `text` is `algorithm:hex`. */
export interface Digest {
  readonly algorithm: keyof typeof lengths
  readonly hex: string
  readonly text: string
}

/** Reads a digest. Fails with DIGEST_INVALID for another grammar or algorithm, so that none can be part of a path unchecked. */
export function parseDigest(text: string): Digest {
  const [, algorithm, hex] = /^([a-z0-9]+):([a-f0-9]+)$/.exec(text) ?? []
  const known = algorithm === 'sha256' || algorithm === 'sha512' ? algorithm : undefined
  if (known === undefined || hex === undefined || hex.length !== lengths[known]) {
    throw codedError('DIGEST_INVALID', `${JSON.stringify(text.slice(0, 100))} is not a digest that can be checked`, {
      hint: 'A digest is `sha256:` and 64 lower-case hexadecimal digits, or `sha512:` and 128.',
    })
  }
  return { algorithm: known, hex, text }
}

export function hashOf({ algorithm }: Digest): Hash {
  return createHash(algorithm)
}

export function digestOf(content: Uint8Array, algorithm: Digest['algorithm'] = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`
}
