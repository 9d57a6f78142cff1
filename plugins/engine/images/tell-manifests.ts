import type { ImageManifest as ToldManifest } from '@moby/contracts'
import {
  mediaTypes,
  toOciMediaType,
  validateImageIndex,
  validateImageManifest,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
} from 'oci-spec-ts'
import type { ImageContext } from './image-context.ts'
import type { ImageRecord, ManifestRecord } from './image-record.ts'
import { formatPlatform } from './platform.ts'

type Child = NonNullable<ToldManifest['children']>[number]
type Context = Pick<ImageContext, 'content' | 'images' | 'usage'>

const deepestIndex = 4
/** How builders mark what is beside an image in its index (BuildKit, attestation storage). */
const attestation = {
  type: 'vnd.docker.reference.type',
  value: 'attestation-manifest',
  about: 'vnd.docker.reference.digest',
}

/** The manifests and indexes of an image, and the images and attestations that they lead to. */
export async function tellManifests(context: Context, record: ImageRecord): Promise<ToldManifest[]> {
  const told: ToldManifest[] = []
  for (const manifest of record.manifests ?? []) {
    const { mediaType, digest, size } = manifest
    const children = await follow(context, manifest, 0)
    told.push({ mediaType, digest, size: String(size), children })
  }
  return told
}

async function follow(context: Context, descriptor: Descriptor | ManifestRecord, depth: number): Promise<Child[]> {
  if (toOciMediaType(descriptor.mediaType) !== mediaTypes.index) return [await tell(context, descriptor)]
  if (depth >= deepestIndex) return []
  const index = validateImageIndex(await read(context, descriptor.digest))
  const children: Child[] = []
  const inner: ImageIndex['manifests'] = index.ok ? index.value.manifests : []
  for (const each of inner) children.push(...(await follow(context, each, depth + 1)))
  return children
}

async function tell(context: Context, descriptor: Descriptor | ManifestRecord): Promise<Child> {
  const { mediaType, digest, size } = descriptor
  const { annotations = {}, platform } = 'annotations' in descriptor || 'platform' in descriptor ? descriptor : {}
  const record = context.images
    .values()
    .find(({ manifests = [] }) => manifests.some((manifest) => manifest.digest === digest))
  const isAttestation = annotations[attestation.type] === attestation.value
  const about = annotations[attestation.about]
  const own = platform ?? record?.document
  return {
    mediaType,
    digest,
    size: String(size),
    kind: isAttestation ? 'attestation' : toOciMediaType(mediaType) === mediaTypes.manifest ? 'image' : 'unknown',
    ...(own === undefined ? {} : { platform: formatPlatform(own) }),
    ...(isAttestation && about !== undefined ? { attests: about } : {}),
    ...(await measure(context, descriptor)),
    unpackedSize: String(record?.layers.reduce((sum, layer) => sum + layer.size, 0) ?? 0),
    ...(record === undefined ? {} : { image: record.id }),
    containers: record === undefined ? [] : context.usage.ofImage(record.id).map(({ id }) => id),
  }
}

/** Of a manifest and what it names, what is here. */
async function measure(
  context: Context,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
): Promise<{ available: boolean; contentSize: string }> {
  const manifest = validateImageManifest(await read(context, digest))
  if (!manifest.ok) return { available: false, contentSize: '0' }
  const { config, layers }: ImageManifest = manifest.value
  let total = size
  let available = true
  for (const blob of [config, ...layers]) {
    if (await context.content.has(blob.digest)) total += blob.size
    else available = false
  }
  return { available, contentSize: String(total) }
}

/** Undefined for a document that is not here, or is none. */
async function read({ content }: Context, digest: string): Promise<unknown> {
  if (!/^sha256:[a-f0-9]{64}$/.test(digest) || !(await content.has(digest))) return undefined
  try {
    return JSON.parse(Buffer.from(await content.document(digest)).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
