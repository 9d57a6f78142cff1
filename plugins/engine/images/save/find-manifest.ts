import { mediaTypes, toOciMediaType, validateImageIndex, validateImageManifest, type Descriptor } from 'oci-spec-ts'
import type { ContentStore } from '../content-store.ts'
import type { ImageRecord, ManifestRecord } from '../image-record.ts'
import type { Lease } from '../lease-store.ts'
import { parseReference } from '@moby/contracts/reference'

const deepestIndex = 4
const largestDocument = 4 * 2 ** 20

/** What a manifest or index names, all of which is here: blobs, each once, documents before what they name. */
export interface WholeManifest {
  readonly top: ManifestRecord
  readonly blobs: readonly Descriptor[]
}

/** Where documents are looked for, and the lease that holds from then on what is found. */
export interface Held {
  readonly content: ContentStore
  readonly lease: Pick<Lease, 'hold'>
}

/**
 * The document of an image that a name stands for: the index that the name came by if all that it names is here, else
 * the manifest of the image; undefined when it has none. Of several the one that was pulled as that name.
 */
export async function findWhole(
  held: Held,
  record: ImageRecord,
  name: string | undefined,
  allowIndex: boolean,
): Promise<WholeManifest | undefined> {
  const manifests = record.manifests ?? []
  const known = name === undefined ? [] : digestsOf(record, name)
  const ranked = manifests
    .filter(({ mediaType }) => allowIndex || toOciMediaType(mediaType) === mediaTypes.manifest)
    .map((manifest) => ({ manifest, rank: rank(manifest, known) }))
    .toSorted((a, b) => a.rank - b.rank)
  for (const { manifest } of ranked) {
    const blobs = new Map<string, Descriptor>()
    held.lease.hold({ digests: [manifest.digest] })
    if (await collect(held, manifest, blobs, 0)) return { top: manifest, blobs: [...blobs.values()] }
  }
  return undefined
}

function digestsOf({ digests = [] }: ImageRecord, name: string): string[] {
  const { domain, path } = parseReference(name)
  const prefix = `${domain}/${path}@`
  return digests.filter((digest) => digest.startsWith(prefix)).map((digest) => digest.slice(prefix.length))
}

/** What was pulled by that name before the rest, indexes before manifests. */
function rank({ mediaType, digest }: ManifestRecord, known: readonly string[]): number {
  return (known.includes(digest) ? 0 : 2) + (toOciMediaType(mediaType) === mediaTypes.index ? 0 : 1)
}

/** Gathers a document that is held, and all that it names; false when something of it is not here. */
async function collect(
  held: Held,
  descriptor: ManifestRecord,
  blobs: Map<string, Descriptor>,
  depth: number,
): Promise<boolean> {
  const { content, lease } = held
  const { mediaType, digest, size } = descriptor
  if (blobs.has(digest)) return true
  if (depth > deepestIndex || size > largestDocument || !(await content.has(digest))) return false
  blobs.set(digest, { mediaType, digest, size })
  const type = toOciMediaType(mediaType)
  if (type !== mediaTypes.index && type !== mediaTypes.manifest) return true
  const document: unknown = JSON.parse(Buffer.from(await content.document(digest)).toString('utf8'))
  if (type === mediaTypes.index) {
    const index = validateImageIndex(document)
    if (!index.ok) return false
    // Other images may be gone before what the index names of them was read.
    lease.hold({ digests: index.value.manifests.map((child) => child.digest) })
    for (const child of index.value.manifests) if (!(await collect(held, child, blobs, depth + 1))) return false
    return true
  }
  const manifest = validateImageManifest(document)
  if (!manifest.ok) return false
  const named = [manifest.value.config, ...manifest.value.layers]
  lease.hold({ digests: named.map((blob) => blob.digest) })
  for (const blob of named) {
    if (!(await content.has(blob.digest))) return false
    blobs.set(blob.digest, { mediaType: blob.mediaType, digest: blob.digest, size: blob.size })
  }
  return true
}
