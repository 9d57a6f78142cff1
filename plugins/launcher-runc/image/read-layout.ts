import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import {
  layoutFiles,
  mediaTypes,
  parseDigest,
  validateImageConfig,
  validateImageIndex,
  validateImageLayout,
  validateImageManifest,
  type Checked,
  type Descriptor,
  type ExecutionConfig,
  type ImageManifest,
} from 'oci-spec-ts'

/** The image for this machine in a layout. */
export interface LayoutImage {
  /** Of its manifest. */
  readonly digest: string
  readonly config: ExecutionConfig
  /** From the base upwards. */
  readonly layers: readonly LayoutLayer[]
}

export interface LayoutLayer {
  readonly file: string
  readonly digest: string
  readonly diffId: string
}

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Indexes that may lie in each other. */
const deepest = 3

/** Documents are small; what is larger is none. */
const largestDocument = 4 << 20

/** True for a folder that is an OCI image layout. */
export async function isLayout(folder: string): Promise<boolean> {
  return await stat(join(folder, layoutFiles.marker)).then(
    (status) => status.isFile(),
    () => false,
  )
}

/**
 * Reads an image layout (image-spec, image-layout.md), every document checked by its digest. Layers are only named:
 * who reads them checks them. Fails with LAUNCH_IMAGE_INVALID.
 */
export async function readLayout(folder: string): Promise<LayoutImage> {
  const marker = await readDocument(join(folder, layoutFiles.marker), folder)
  check(validateImageLayout(parseJson(marker, folder)), `${folder}/${layoutFiles.marker}`)
  const index = await readDocument(join(folder, layoutFiles.index), folder)
  const { descriptor, manifest } = await findManifest(folder, index, deepest)
  const text = await readBlob(folder, manifest.config)
  const image = check(validateImageConfig(parseJson(text, folder)), `the configuration ${manifest.config.digest}`)
  const diffIds = image.rootfs.diff_ids ?? []
  if (diffIds.length !== manifest.layers.length) {
    throw invalid(
      `The image in ${folder} has ${manifest.layers.length} layers and tells the contents of ${diffIds.length}`,
    )
  }
  return {
    digest: descriptor.digest,
    config: image.config ?? {},
    layers: manifest.layers.map((layer, at) => ({
      file: blobFile(folder, layer),
      digest: layer.digest,
      diffId: diffIds[at] ?? '',
    })),
  }
}

async function findManifest(
  folder: string,
  document: Buffer,
  depth: number,
): Promise<{ descriptor: Descriptor; manifest: ImageManifest }> {
  const { manifests } = check(validateImageIndex(parseJson(document, folder)), `an index in ${folder}`)
  const fitting = manifests.filter(({ platform }) => platform === undefined || isOurs(platform))
  const [descriptor] = fitting
  if (descriptor === undefined || fitting.length > 1) {
    const how = descriptor === undefined ? 'no image' : `${fitting.length} images`
    throw invalid(`${folder} holds ${how} for linux/${goArchitectures[process.arch] ?? process.arch}`)
  }
  const text = await readBlob(folder, descriptor)
  if (descriptor.mediaType !== mediaTypes.index) {
    return { descriptor, manifest: check(validateImageManifest(parseJson(text, folder)), descriptor.digest) }
  }
  if (depth === 0) throw invalid(`Indexes in ${folder} name each other more than ${deepest} times`)
  return await findManifest(folder, text, depth - 1)
}

function isOurs({ os, architecture }: { readonly os: string; readonly architecture: string }): boolean {
  return os === 'linux' && architecture === goArchitectures[process.arch]
}

async function readBlob(folder: string, descriptor: Descriptor): Promise<Buffer> {
  const content = await readDocument(blobFile(folder, descriptor), folder)
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
  if (digest === descriptor.digest && content.length === descriptor.size) return content
  throw invalid(`What ${folder} holds as ${descriptor.digest} is something else`)
}

function blobFile(folder: string, { digest }: Descriptor): string {
  const parsed = parseDigest(digest)
  if (parsed?.algorithm !== 'sha256') throw invalid(`${folder} names content by ${digest}; only sha256 is supported`)
  return join(folder, layoutFiles.blobs, parsed.algorithm, parsed.encoded)
}

async function readDocument(file: string, folder: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size > largestDocument) throw invalid(`${file} is larger than any document of an image`)
    return await readFile(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw invalid(`${folder} is no whole image layout: there is no ${file}`, cause)
  }
}

function parseJson(text: Buffer, folder: string): unknown {
  try {
    return JSON.parse(text.toString('utf8'))
  } catch (cause) {
    throw invalid(`A document in ${folder} is no JSON`, cause)
  }
}

function check<T>(checked: Checked<T>, what: string): T {
  if (checked.ok) return checked.value
  const [first] = checked.problems
  throw invalid(`${what} is no document of an image: ${first?.path ?? ''} ${first?.message ?? ''}`)
}

/** The error for an image that cannot be run. */
export function invalid(message: string, cause?: unknown) {
  return codedError('LAUNCH_IMAGE_INVALID', message, {
    hint: 'build the image again, or copy it again as an OCI image layout',
    ...(cause === undefined ? {} : { cause }),
  })
}
