import { createHash } from 'node:crypto'
import type { SampleEntry } from '@moby/lib-tar/testing'
import { putImage, type MadeImage } from './make-image.ts'
import { putBlob, putManifest } from './put-image.ts'

interface Manifest {
  mediaType: string
  config: { mediaType: string; digest: string; size: number }
  layers: { mediaType: string; digest: string; size: number }[]
  readonly [key: string]: unknown
}

interface Config {
  readonly rootfs: { readonly diff_ids: string[] }
  readonly [key: string]: unknown
}

/** Puts an image into a registry, and as `TAG-lie` one that is like it but for what `change` does. Answers the first. */
export async function putLie(
  registry: string,
  repository: string,
  tag: string,
  layers: readonly (readonly SampleEntry[])[],
  change: (manifest: Manifest, config: Config) => void,
): Promise<MadeImage> {
  const made = await putImage(registry, repository, tag, layers)
  const at = `${registry}/v2/${repository}`
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' }
  const manifest = (await (await fetch(`${at}/manifests/${tag}`, { headers })).json()) as Manifest
  const config = (await (await fetch(`${at}/blobs/${made.id}`)).json()) as Config
  change(manifest, config)
  const content = Uint8Array.from(Buffer.from(JSON.stringify(config)))
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
  await putBlob(registry, repository, digest, content)
  manifest.config = { ...manifest.config, digest, size: content.length }
  await putManifest(registry, repository, `${tag}-lie`, manifest)
  return made
}
