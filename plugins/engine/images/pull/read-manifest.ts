import { codedError } from '@moby/contracts'
import {
  compressionOfLayer,
  dockerMediaTypes,
  mediaTypes,
  parseDigest,
  toOciMediaType,
  validateImageIndex,
  validateImageManifest,
  type Checked,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
} from 'oci-spec-ts'

/** A manifest or index as it came. */
export interface ManifestFile {
  readonly mediaType: string
  readonly digest: string
  readonly content: Uint8Array
}

export type ReadManifest =
  | { readonly kind: 'manifest'; readonly mediaType: string; readonly document: ImageManifest }
  | { readonly kind: 'index'; readonly mediaType: string; readonly document: ImageIndex }

const schema1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/
const kinds = new Map<string, 'manifest' | 'index'>([
  [mediaTypes.manifest, 'manifest'],
  [dockerMediaTypes.manifest, 'manifest'],
  [mediaTypes.index, 'index'],
  [dockerMediaTypes.index, 'index'],
])

/**
 * Reads a manifest or index so that it can mean one thing only: the type that it came as and the one that it says of
 * itself agree, and nothing of the other kind is in it. Errors: MANIFEST_INVALID, DIGEST_INVALID, NOT_SUPPORTED.
 */
export function readManifest(file: ManifestFile): ReadManifest {
  const value = parse(file)
  const own = typeof value['mediaType'] === 'string' ? value['mediaType'] : undefined
  if (schema1.test(file.mediaType) || value['schemaVersion'] === 1 || (own !== undefined && schema1.test(own))) {
    throw codedError(
      'MANIFEST_INVALID',
      'Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed.',
      {
        hint: 'Have the image rebuilt or pushed again by a Docker of 2016 or later.',
        details: { digest: file.digest },
      },
    )
  }
  const told = kinds.has(file.mediaType) ? file.mediaType : undefined
  if (told !== undefined && own !== undefined && told !== own) {
    throw invalid(file, `it came as ${told} and says of itself that it is ${own}`)
  }
  const hasBoth = ('layers' in value || 'config' in value) && 'manifests' in value
  if (hasBoth) throw invalid(file, 'it has layers and manifests, and could be read as either')
  const mediaType = told ?? own ?? ('manifests' in value ? mediaTypes.index : mediaTypes.manifest)
  const kind = kinds.get(mediaType)
  if (kind === 'index') {
    const document = check(file, validateImageIndex(value))
    for (const entry of document.manifests) checkDigest(entry)
    return { kind, mediaType, document }
  }
  if (kind === 'manifest') {
    const document = check(file, validateImageManifest(value))
    checkImage(file, document)
    return { kind, mediaType, document }
  }
  throw codedError('NOT_SUPPORTED', `unsupported media type ${mediaType}`, { details: { digest: file.digest } })
}

function checkImage(file: ManifestFile, { config, layers }: ImageManifest): void {
  if (toOciMediaType(config.mediaType) !== mediaTypes.config) throw notAnImage(config.mediaType)
  const sizes = new Map<string, number>()
  for (const descriptor of [config, ...layers]) {
    checkDigest(descriptor)
    const { digest, size } = descriptor
    if ((sizes.get(digest) ?? size) !== size) throw invalid(file, `the blob ${digest} has two sizes in it`)
    sizes.set(digest, size)
  }
  for (const { mediaType, digest } of layers) {
    if (compressionOfLayer(mediaType) === undefined) {
      throw invalid(file, `the layer ${digest} has the type ${mediaType}, which is no layer of a file system`)
    }
  }
}

function notAnImage(type: string): Error {
  const what = type === dockerMediaTypes.pluginConfig ? 'a plugin' : `an artifact of type ${type}`
  return codedError('NOT_SUPPORTED', `The reference names ${what}, which is no image and cannot be pulled as one`, {
    details: { mediaType: type },
  })
}

function checkDigest({ digest }: Descriptor): void {
  if (parseDigest(digest)?.algorithm === 'sha256') return
  throw codedError('DIGEST_INVALID', `The digest ${digest} is not of sha256, the only algorithm known here`)
}

function parse(file: ManifestFile): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(file.content).toString('utf8'))
  } catch (error) {
    throw codedError('MANIFEST_INVALID', `The manifest ${file.digest} is no JSON`, { cause: error })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalid(file, 'it is no JSON object')
}

function check<T>(file: ManifestFile, checked: Checked<T>): T {
  if (checked.ok) return checked.value
  const problems = checked.problems.slice(0, 3).map(({ path, message }) => `${path || '/'} ${message}`)
  throw invalid(file, problems.join('; '))
}

function invalid({ digest }: ManifestFile, problem: string): Error {
  return codedError('MANIFEST_INVALID', `The manifest ${digest} is invalid: ${problem}`, { details: { digest } })
}
