import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { putBlob, putManifest, type Descriptor } from './put-image.ts'

export interface MadeImage {
  /** Digest of the configuration. */
  readonly id: string
  readonly manifest: Descriptor & { readonly platform: { readonly os: string; readonly architecture: string } }
  readonly layers: readonly Descriptor[]
}

const oci = 'application/vnd.oci.image'

/** Puts an image of these layers into a registry under a tag, past any engine. */
export async function putImage(
  registry: string,
  repository: string,
  tag: string,
  layers: readonly (readonly SampleEntry[])[],
  options: {
    readonly architecture?: string
    readonly level?: number
    readonly labels?: Readonly<Record<string, string>>
  } = {},
): Promise<MadeImage> {
  const { architecture = process.arch === 'x64' ? 'amd64' : process.arch, level = 6, labels = {} } = options
  const archives = layers.map((entries) => makeTar([...entries]))
  const diffIds = archives.map(digestOf)
  // A layer that comes more than once is one blob.
  const distinct = new Map(archives.map((archive, at) => [diffIds[at], archive]))
  const putLayer = async (archive: Uint8Array) =>
    await put(registry, repository, `${oci}.layer.v1.tar+gzip`, gzipSync(archive, { level }))
  const blobOf = new Map(
    await Promise.all([...distinct].map(async ([diffId, archive]) => [diffId, await putLayer(archive)] as const)),
  )
  const blobs = diffIds.flatMap((diffId) => blobOf.get(diffId) ?? [])
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture,
      created: '2024-05-06T07:08:09Z',
      config: { Cmd: ['/bin/true'], Labels: labels },
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  )
  const configBlob = await put(registry, repository, `${oci}.config.v1+json`, config)
  const document = { schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, config: configBlob, layers: blobs }
  const manifest = await putManifest(registry, repository, tag, document)
  return { id: configBlob.digest, manifest: { ...manifest, platform: { os: 'linux', architecture } }, layers: blobs }
}

/** Puts an index of images that are in the repository. */
export async function putIndex(
  registry: string,
  repository: string,
  tag: string,
  images: readonly MadeImage[],
): Promise<Descriptor> {
  const mediaType = `${oci}.index.v1+json`
  const manifests = images.map(({ manifest }) => manifest)
  return await putManifest(registry, repository, tag, { schemaVersion: 2, mediaType, manifests })
}

async function put(registry: string, repository: string, mediaType: string, content: Uint8Array): Promise<Descriptor> {
  const digest = digestOf(content)
  await putBlob(registry, repository, digest, Uint8Array.from(content))
  return { mediaType, digest, size: content.length }
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
