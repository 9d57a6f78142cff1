import { codedError } from '@moby/contracts'
import { validateImageConfig, type ImageConfig } from 'oci-spec-ts'
import { digestOf } from './chain-id.ts'

/** The configuration of an image, with the bytes that its id is the digest of. */
export interface ImageConfigFile {
  readonly id: string
  readonly bytes: Uint8Array
  readonly document: ImageConfig
  readonly diffIds: readonly string[]
}

/**
 * Reads the bytes of an image configuration. What names no system is for this one, and no architecture is the empty one,
 * as in Docker: elder images have neither. Fails with IMAGE_INVALID; `source` says where it comes from.
 */
export function readImageConfig(bytes: Uint8Array, source: string): ImageConfigFile {
  const checked = validateImageConfig(withPlatform(parseJson(bytes, source)))
  if (!checked.ok) {
    const problems = checked.problems.map(({ path, message }) => `${path || '/'} ${message}`)
    throw codedError(
      'IMAGE_INVALID',
      `The image configuration ${source} is invalid: ${problems.slice(0, 3).join('; ')}`,
      {
        details: { problems },
      },
    )
  }
  const document = checked.value
  if (document.os !== 'linux') {
    throw codedError('IMAGE_INVALID', `cannot load ${document.os} image on linux`, { details: { os: document.os } })
  }
  return { id: digestOf(bytes), bytes, document, diffIds: document.rootfs.diff_ids ?? [] }
}

function withPlatform(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document
  const { os, architecture } = document as { os?: unknown; architecture?: unknown }
  const isNothing = os === undefined || os === null || os === ''
  return { ...document, os: isNothing ? 'linux' : os, architecture: architecture ?? '' }
}

/** Fails with IMAGE_INVALID for bytes that are no JSON. */
export function parseJson(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw codedError('IMAGE_INVALID', `${source} is no JSON`, { cause: error })
  }
}
