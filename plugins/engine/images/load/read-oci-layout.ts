import { codedError } from '@moby/contracts'
import {
  annotationKeys,
  compressionOfLayer,
  dockerMediaTypes,
  mediaTypes,
  parseDigest,
  toOciMediaType,
  validateImageIndex,
  validateImageLayout,
  validateImageManifest,
  type Checked,
  type Descriptor,
  type ImageManifest,
} from 'oci-spec-ts'
import { parseJson, readImageConfig } from '../image-config-file.ts'
import { formatReference, parseReference, withDefaultTag } from '@moby/contracts/reference'
import type { ImagePlan, PlannedManifest } from './image-plan.ts'
import type { ReceivedArchive } from './received-archive.ts'
import type { ReceivedFile } from './received-file.ts'

const deepestIndex = 8
/** Manifests that are looked at in one archive. */
const mostManifests = 4096
/** What containerd writes beside the key of the specification, which may hold the tag alone. */
const containerdName = 'io.containerd.image.name'

/** A walk through the indexes of an archive. */
interface Walk {
  readonly archive: ReceivedArchive
  /** By the digest of the configuration. */
  readonly plans: Map<string, ImagePlan>
  looked: number
}

/**
 * The images of an OCI layout, of every platform that is there whole; what an index names and the archive does not hold
 * is passed over, and so is what is no image. Errors: IMAGE_INVALID, ARCHIVE_INVALID, ARCHIVE_LIMIT.
 */
export async function readOciLayout(archive: ReceivedArchive): Promise<ImagePlan[]> {
  await read(archive, 'oci-layout', validateImageLayout)
  const index = await read(archive, 'index.json', validateImageIndex)
  const walk: Walk = { archive, plans: new Map(), looked: 0 }
  for (const descriptor of index.manifests) await follow(walk, descriptor, namesOf(descriptor), [], 0)
  if (walk.plans.size > 0) return [...walk.plans.values()]
  throw codedError('IMAGE_INVALID', 'The archive holds no image that is whole', {
    hint: 'Save it with the platforms that are there, or pull the image first.',
  })
}

async function follow(
  walk: Walk,
  descriptor: Descriptor,
  names: readonly string[],
  above: readonly PlannedManifest[],
  depth: number,
): Promise<void> {
  const { archive } = walk
  const type = toOciMediaType(descriptor.mediaType)
  const isImage = type === mediaTypes.manifest
  if (!isImage && type !== mediaTypes.index) return
  // The top of the layout must be there; an index may name more than was saved.
  if (depth > 0 && !archive.has(pathOf(descriptor))) return
  walk.looked += 1
  if (walk.looked > mostManifests) {
    throw codedError('ARCHIVE_LIMIT', `The archive has more than ${mostManifests} manifests`)
  }
  const name = blobName(archive, descriptor)
  const { mediaType, digest, size } = descriptor
  const own: PlannedManifest = { record: { mediaType, digest, size }, file: archive.get(name) }
  if (isImage) {
    await plan(walk, await read(archive, name, validateImageManifest), names, [own, ...above], depth > 0)
    return
  }
  if (depth >= deepestIndex) {
    throw codedError('IMAGE_INVALID', `Image indexes are nested more than ${deepestIndex} deep`)
  }
  const index = await read(archive, name, validateImageIndex)
  for (const inner of index.manifests) await follow(walk, inner, names, [own, ...above], depth + 1)
}

/** Adds an image, or names and indexes to one that is known. */
async function plan(
  walk: Walk,
  manifest: ImageManifest,
  names: readonly string[],
  manifests: readonly PlannedManifest[],
  mayBePart: boolean,
): Promise<void> {
  const { archive, plans } = walk
  const all = [manifest.config, ...manifest.layers]
  if (mayBePart && !all.every((blob) => archive.has(pathOf(blob)))) return
  const type = manifest.config.mediaType
  if (type !== mediaTypes.config && type !== dockerMediaTypes.config) {
    throw codedError('IMAGE_INVALID', `The archive holds an artifact of type ${type}, which is no image`)
  }
  // Attestations have the shape of an image, and layers that are none.
  if (mayBePart && manifest.layers.some(({ mediaType }) => compressionOfLayer(mediaType) === undefined)) return
  const known = plans.get(manifest.config.digest)
  if (known !== undefined) {
    plans.set(manifest.config.digest, {
      ...known,
      names: [...new Set([...known.names, ...names])],
      manifests: unite(known.manifests, manifests),
    })
    return
  }
  const config = readImageConfig(await archive.document(blobName(archive, manifest.config)), manifest.config.digest)
  if (manifest.layers.length !== config.diffIds.length) {
    throw codedError(
      'IMAGE_INVALID',
      `invalid manifest, layers length mismatch: expected ${config.diffIds.length}, got ${manifest.layers.length}`,
    )
  }
  const layers = manifest.layers.map((layer): ReceivedFile => {
    if (compressionOfLayer(layer.mediaType) === undefined) {
      throw codedError('IMAGE_INVALID', `The layer ${layer.digest} has the unknown type ${layer.mediaType}`)
    }
    return archive.get(blobName(archive, layer))
  })
  plans.set(manifest.config.digest, { config, layers, names, manifests })
}

export function unite(known: readonly PlannedManifest[], more: readonly PlannedManifest[]): readonly PlannedManifest[] {
  return [...known, ...more.filter(({ record }) => known.every((each) => each.record.digest !== record.digest))]
}

function pathOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`
}

/** The name of a blob in the archive, whose content is what the descriptor says. */
function blobName(archive: ReceivedArchive, descriptor: Descriptor): string {
  const { digest, size } = descriptor
  if (parseDigest(digest)?.algorithm !== 'sha256') {
    throw codedError('IMAGE_INVALID', `The digest ${digest} is not of sha256, the only algorithm known here`)
  }
  const name = pathOf(descriptor)
  const file = archive.get(name)
  if (file.digest !== digest)
    throw codedError('ARCHIVE_INVALID', `The content of ${name} has the digest ${file.digest}`)
  if (file.size !== size) {
    throw codedError('ARCHIVE_INVALID', `${name} has ${file.size} bytes where its descriptor says ${size}`)
  }
  return name
}

function namesOf({ annotations = {} }: Descriptor): string[] {
  const full = annotations[containerdName]
  const short = annotations[annotationKeys.refName]
  const name = full ?? (short !== undefined && /[:/]/.test(short) ? short : undefined)
  if (name === undefined) return []
  const { domain, path, tag } = withDefaultTag(parseReference(name))
  return tag === undefined ? [] : [formatReference({ domain, path, tag })]
}

async function read<T>(archive: ReceivedArchive, name: string, validate: (value: unknown) => Checked<T>): Promise<T> {
  const checked = validate(parseJson(await archive.document(name), name))
  if (checked.ok) return checked.value
  const problems = checked.problems.map(({ path, message }) => `${path || '/'} ${message}`)
  throw codedError('IMAGE_INVALID', `${name} is invalid: ${problems.slice(0, 3).join('; ')}`, { details: { problems } })
}
