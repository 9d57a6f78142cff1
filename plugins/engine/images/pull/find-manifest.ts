import { codedError } from '@moby/contracts'
import { mediaTypes, toOciMediaType, type Descriptor, type ImageIndex, type ImageManifest } from 'oci-spec-ts'
import type { ManifestRecord } from '../image-record.ts'
import { fitOf, tellPlatform, type ImagePlatform } from '../platform.ts'
import { readManifest, type ManifestFile } from './read-manifest.ts'

/** Indexes are nested in one another by some builders, once or twice. */
const deepest = 4
/** Manifests that are looked at for one image. */
const mostLooked = 64

/** The image manifest of one platform, and the documents that led to it. */
export interface FoundManifest {
  readonly manifest: ImageManifest
  /** The manifest first, then the indexes that it came by, the outermost last. */
  readonly records: readonly ManifestRecord[]
  /** The same documents as bytes, by digest. */
  readonly files: readonly ManifestFile[]
}

export type GetManifest = (descriptor: Descriptor) => Promise<ManifestFile>

interface Search {
  readonly wanted: ImagePlatform
  readonly get: GetManifest
  readonly available: Set<string>
  looked: number
}

/**
 * Follows a manifest or index to the image for a platform: the best that fits, exact variants before lower ones. Errors:
 * PLATFORM_NOT_FOUND, MANIFEST_INVALID, MANIFEST_LIMIT, NOT_SUPPORTED, those of `get`.
 */
export async function findManifest(top: ManifestFile, wanted: ImagePlatform, get: GetManifest): Promise<FoundManifest> {
  const search: Search = { wanted, get, available: new Set(), looked: 0 }
  const found = await follow(search, top, 0)
  if (found !== undefined) return found
  const available = [...search.available].toSorted()
  const rest = available.length === 0 ? '' : `; available: ${available.join(', ')}`
  throw codedError(
    'PLATFORM_NOT_FOUND',
    `no matching manifest for ${tellPlatform(wanted)} in the manifest list entries${rest}`,
    { hint: 'Ask for one of the available platforms with --platform.', details: { available } },
  )
}

async function follow(search: Search, file: ManifestFile, depth: number): Promise<FoundManifest | undefined> {
  search.looked += 1
  if (depth > deepest) {
    throw codedError('MANIFEST_LIMIT', `The indexes of the image are nested more than ${deepest} deep`)
  }
  if (search.looked > mostLooked) {
    throw codedError('MANIFEST_LIMIT', `The image has more than ${mostLooked} manifests to look at`)
  }
  const read = readManifest(file)
  const record = { mediaType: read.mediaType, digest: file.digest, size: file.content.length }
  if (read.kind === 'manifest') return { manifest: read.document, records: [record], files: [file] }
  for (const entry of candidates(search, read.document)) {
    const inner = await search.get(entry)
    checkSame(entry, inner)
    const found = await follow(search, inner, depth + 1)
    if (found === undefined) continue
    return { ...found, records: [...found.records, record], files: [...found.files, file] }
  }
  return undefined
}

/** Entries that fit, the best first; then indexes that do not tell what they are for. */
function candidates({ wanted, available }: Search, index: ImageIndex): Descriptor[] {
  const fitting: { entry: Descriptor; fit: number }[] = []
  const untold: Descriptor[] = []
  for (const entry of index.manifests) {
    const type = toOciMediaType(entry.mediaType)
    if (type !== mediaTypes.manifest && type !== mediaTypes.index) continue
    if (entry.platform === undefined) {
      untold.push(entry)
      continue
    }
    // What builders keep beside an image (attestations) is for `unknown/unknown`.
    if (entry.platform.os !== 'unknown') available.add(tellPlatform(entry.platform))
    const fit = fitOf(entry.platform, wanted)
    if (fit > 0) fitting.push({ entry, fit })
  }
  return [...fitting.toSorted((a, b) => b.fit - a.fit).map(({ entry }) => entry), ...untold]
}

function checkSame(entry: Descriptor, file: ManifestFile): void {
  const { digest, size } = entry
  if (file.digest !== digest || file.content.length !== size) {
    throw codedError(
      'CONTENT_MISMATCH',
      `The manifest ${digest} of ${size} bytes came as ${file.digest} of ${file.content.length} bytes`,
      { details: { digest, size, actual: file.digest, received: file.content.length } },
    )
  }
  if (toOciMediaType(entry.mediaType) !== toOciMediaType(readManifest(file).mediaType)) {
    throw codedError(
      'MANIFEST_INVALID',
      `The manifest ${digest} is not of the type ${entry.mediaType} that its index says`,
      { details: { digest } },
    )
  }
}
