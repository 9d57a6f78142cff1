import { annotationKeys, type Descriptor } from 'oci-spec-ts'
import type { ManifestRecord } from '../image-record.ts'
import { localManifest } from '../local-manifest.ts'
import { fitOf, hostPlatform } from '../platform.ts'
import { familiarName, parseReference, toFamiliar } from '@moby/contracts/reference'
import { blobPath, type ArchiveEntry } from './archive-entry.ts'
import type { ChosenImage } from './choose-images.ts'
import { findWhole, type Held } from './find-manifest.ts'

/** What containerd and Docker take the name of an image from. */
const imageName = 'io.containerd.image.name'

/**
 * The files of an archive that is both of `docker save` (manifest.json, repositories) and an OCI layout, in the order
 * that suits who reads it as it comes: documents first, then layers from the base upwards. Equal images give equal
 * archives. What it names is held.
 */
export async function planArchive(
  held: Held,
  chosen: readonly ChosenImage[],
  allowIndex: boolean,
): Promise<ArchiveEntry[]> {
  const documents = new Map<string, ArchiveEntry>()
  const layers = new Map<string, ArchiveEntry>()
  const add = (to: Map<string, ArchiveEntry>, { digest, size }: ManifestRecord | Descriptor) => {
    if (!documents.has(digest) && !layers.has(digest)) to.set(digest, { name: blobPath(digest), digest, size })
  }
  const tops = new Map<string, Descriptor>()
  // Who can keep one image under a name only keeps the last.
  const host = hostPlatform()
  const fit = ({ record }: ChosenImage) => fitOf(record.document, host)
  const ordered = chosen.toSorted((a, b) => fit(a) - fit(b))
  for (const { record, names } of ordered) {
    const config = await held.content.document(record.id)
    documents.set(record.id, { name: blobPath(record.id), bytes: config })
    for (const { blob } of record.layers) add(layers, blob)
    for (const name of names.length === 0 ? [undefined] : names) {
      const whole = await findWhole(held, record, name, allowIndex)
      for (const blob of whole?.blobs ?? []) add(isDocument(blob) ? documents : layers, blob)
      let top = whole?.top
      if (top === undefined) {
        const made = localManifest(record, config.length, 'oci')
        documents.set(made.record.digest, { name: blobPath(made.record.digest), bytes: made.bytes })
        top = made.record
      }
      tops.set(`${top.digest} ${name ?? ''}`, describe(top, name))
    }
  }
  return [
    json('oci-layout', { imageLayoutVersion: '1.0.0' }),
    json('index.json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [...tops.values()],
    }),
    json('manifest.json', ordered.map(dockerManifest)),
    ...repositories(ordered),
    ...documents.values(),
    ...layers.values(),
  ]
}

function isDocument({ mediaType }: Descriptor): boolean {
  return mediaType.endsWith('json')
}

function describe({ mediaType, digest, size }: ManifestRecord, name: string | undefined): Descriptor {
  if (name === undefined) return { mediaType, digest, size }
  const annotations = { [imageName]: name, [annotationKeys.refName]: parseReference(name).tag ?? '' }
  return { mediaType, digest, size, annotations }
}

function dockerManifest({ record, names }: ChosenImage) {
  return {
    Config: blobPath(record.id),
    RepoTags: names.length === 0 ? null : names.map(toFamiliar),
    Layers: record.layers.map(({ blob }) => blobPath(blob.digest)),
  }
}

/** What Docker before 1.10 read, and some tools still do: of each tag its uppermost layer. */
function repositories(chosen: readonly ChosenImage[]): ArchiveEntry[] {
  const found: Record<string, Record<string, string>> = {}
  for (const { record, names } of chosen) {
    const top = record.layers.at(-1)?.blob.digest.slice('sha256:'.length)
    if (top === undefined) continue
    for (const name of names) {
      const reference = parseReference(name)
      const tags = (found[familiarName(reference)] ??= {})
      tags[reference.tag ?? ''] = top
    }
  }
  return Object.keys(found).length === 0 ? [] : [json('repositories', found)]
}

function json(name: string, value: unknown): ArchiveEntry {
  return { name, bytes: Buffer.from(JSON.stringify(value)) }
}
