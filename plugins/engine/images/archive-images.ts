import { codedError } from '@moby/contracts'
import { validateImageIndex, validateImageLayout, validateImageManifest, type Checked } from 'oci-spec-ts'
import type { ArchiveFiles } from './archive-files.ts'
import { canonicalName, parseReference, withDefaultTag } from './image-reference.ts'

/** One image of an archive: which of its files are what. */
export interface ArchivedImage {
  readonly config: string
  /** Base first. */
  readonly layers: readonly string[]
  /** Canonical references. */
  readonly tags: readonly string[]
}

const indexDepth = 4
const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name']

/**
 * Finds the images of an archive: by `manifest.json` (docker save), else as an OCI image layout. Errors:
 * ARCHIVE_INVALID, IMAGE_INVALID, IMAGE_REFERENCE_INVALID.
 */
export async function findArchivedImages(
  files: ArchiveFiles,
  platform: { os: string; architecture: string },
): Promise<ArchivedImage[]> {
  if (files.has('manifest.json')) return readDockerManifest(await files.json('manifest.json'))
  if (files.has('oci-layout') && files.has('index.json')) {
    insist('oci-layout', validateImageLayout(await files.json('oci-layout')))
    return await readIndex(files, 'index.json', platform, indexDepth)
  }
  throw codedError(
    'ARCHIVE_INVALID',
    'The archive holds no image: it has neither manifest.json nor an OCI image layout.',
    {
      hint: 'Make it with `docker save`; the file system of a container is taken by `docker import`.',
    },
  )
}

function readDockerManifest(value: unknown): ArchivedImage[] {
  const wrong = codedError(
    'ARCHIVE_INVALID',
    'manifest.json of the archive is not a list of images with Config, RepoTags and Layers.',
  )
  if (!Array.isArray(value)) throw wrong
  return value.map((item: unknown) => {
    const { Config: config, Layers: layers, RepoTags: tags } = (item ?? {}) as Record<string, unknown>
    if (typeof config !== 'string' || !isStrings(layers ?? []) || !isStrings(tags ?? [])) throw wrong
    return {
      config,
      layers: (layers ?? []) as string[],
      tags: ((tags ?? []) as string[]).map((tag) => canonicalName(withDefaultTag(parseReference(tag)))),
    }
  })
}

async function readIndex(
  files: ArchiveFiles,
  name: string,
  platform: { os: string; architecture: string },
  depth: number,
): Promise<ArchivedImage[]> {
  if (depth === 0) throw codedError('IMAGE_INVALID', `The image index ${name} is nested too deeply.`)
  const index = insist(name, validateImageIndex(await files.json(name)))
  const images: ArchivedImage[] = []
  for (const descriptor of index.manifests) {
    const wanted = descriptor.platform
    if (wanted !== undefined && (wanted.os !== platform.os || wanted.architecture !== platform.architecture)) continue
    const blob = blobName(descriptor.digest)
    // An archive may list platforms whose content it leaves out.
    if (!files.has(blob)) continue
    const tags = namesOf(descriptor.annotations ?? {})
    if (descriptor.mediaType.includes('index') || descriptor.mediaType.includes('manifest.list')) {
      const nested = await readIndex(files, blob, platform, depth - 1)
      images.push(...nested.map((image) => ({ ...image, tags: [...new Set([...image.tags, ...tags])] })))
    } else {
      const manifest = insist(blob, validateImageManifest(await files.json(blob)))
      images.push({
        config: blobName(manifest.config.digest),
        layers: manifest.layers.map(({ digest }) => blobName(digest)),
        tags,
      })
    }
  }
  return images
}

/** A reference in full is a name; a bare tag, which the layout allows, names nothing that could be looked up. */
function namesOf(annotations: Readonly<Record<string, string>>): string[] {
  const name = nameAnnotations.map((key) => annotations[key]).find((value) => value !== undefined && /[:/]/.test(value))
  return name === undefined ? [] : [canonicalName(withDefaultTag(parseReference(name)))]
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

function insist<T>(name: string, checked: Checked<T>): T {
  if (checked.ok) return checked.value
  const problems = checked.problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')
  throw codedError('IMAGE_INVALID', `The document ${name} of the archive breaks the image specification: ${problems}`)
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
