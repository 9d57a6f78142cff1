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
import type { SpooledFile } from '../content-store.ts'
import { hostArchitecture } from '../host-platform.ts'
import { parseJson, readImageConfig } from '../image-config-file.ts'
import { formatReference, parseReference, withDefaultTag } from '../reference.ts'
import type { ImagePlan } from './image-plan.ts'
import type { SpooledArchive } from './spool-archive.ts'

const deepestIndex = 8
/** What containerd writes beside the key of the specification, which may hold the tag alone. */
const containerdName = 'io.containerd.image.name'

/** The images of an OCI layout that run on this host. Errors: IMAGE_INVALID, ARCHIVE_INVALID. */
export async function readOciLayout(archive: SpooledArchive): Promise<ImagePlan[]> {
  await read(archive, 'oci-layout', validateImageLayout)
  const index = await read(archive, 'index.json', validateImageIndex)
  const plans: ImagePlan[] = []
  const absent: string[] = []
  for (const descriptor of index.manifests) {
    const manifest = await findManifest(archive, descriptor, absent, 0)
    if (manifest !== undefined) plans.push(await planOf(archive, manifest, namesOf(descriptor)))
  }
  if (plans.length > 0) return plans
  throw codedError('IMAGE_INVALID', `The archive holds no image for linux/${hostArchitecture()}`, {
    hint: absent.length === 0 ? undefined : `It has: ${[...new Set(absent)].join(', ')}.`,
  })
}

/** The manifest for this host that a descriptor leads to, through indexes if need be. */
async function findManifest(
  archive: SpooledArchive,
  descriptor: Descriptor,
  absent: string[],
  depth: number,
): Promise<ImageManifest | undefined> {
  const { platform } = descriptor
  if (platform !== undefined && (platform.os !== 'linux' || platform.architecture !== hostArchitecture())) {
    absent.push(`${platform.os}/${platform.architecture}`)
    return undefined
  }
  const mediaType = toOciMediaType(descriptor.mediaType)
  if (mediaType === mediaTypes.manifest) {
    return await read(archive, blobName(archive, descriptor), validateImageManifest)
  }
  if (mediaType !== mediaTypes.index) return undefined
  if (depth >= deepestIndex)
    throw codedError('IMAGE_INVALID', `Image indexes are nested more than ${deepestIndex} deep`)
  const index = await read(archive, blobName(archive, descriptor), validateImageIndex)
  for (const inner of index.manifests) {
    const found = await findManifest(archive, inner, absent, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

async function planOf(archive: SpooledArchive, manifest: ImageManifest, names: readonly string[]): Promise<ImagePlan> {
  const type = manifest.config.mediaType
  if (type !== mediaTypes.config && type !== dockerMediaTypes.config) {
    throw codedError('IMAGE_INVALID', `The archive holds an artifact of type ${type}, which is no image`)
  }
  const name = blobName(archive, manifest.config)
  const config = readImageConfig(await archive.document(name), manifest.config.digest)
  if (manifest.layers.length !== config.diffIds.length) {
    throw codedError(
      'IMAGE_INVALID',
      `invalid manifest, layers length mismatch: expected ${config.diffIds.length}, got ${manifest.layers.length}`,
    )
  }
  const layers = manifest.layers.map((layer): SpooledFile => {
    if (compressionOfLayer(layer.mediaType) === undefined) {
      throw codedError('IMAGE_INVALID', `The layer ${layer.digest} has the unknown type ${layer.mediaType}`)
    }
    return archive.get(blobName(archive, layer))
  })
  return { config, layers, names }
}

/** The name of a blob in the archive, whose content is what the descriptor says. */
function blobName(archive: SpooledArchive, { digest, size }: Descriptor): string {
  const parsed = parseDigest(digest)
  if (parsed?.algorithm !== 'sha256') {
    throw codedError('IMAGE_INVALID', `The digest ${digest} is not of sha256, the only algorithm known here`)
  }
  const name = `blobs/sha256/${parsed.encoded}`
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

async function read<T>(archive: SpooledArchive, name: string, validate: (value: unknown) => Checked<T>): Promise<T> {
  const checked = validate(parseJson(await archive.document(name), name))
  if (checked.ok) return checked.value
  const problems = checked.problems.map(({ path, message }) => `${path || '/'} ${message}`)
  throw codedError('IMAGE_INVALID', `${name} is invalid: ${problems.slice(0, 3).join('; ')}`, { details: { problems } })
}
