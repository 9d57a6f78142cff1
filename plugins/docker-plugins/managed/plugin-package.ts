import { mkdir } from 'node:fs/promises'
import { applyLayer, detectCompression, removeFolders } from '@moby/lib-tar'
import { dockerMediaTypes } from 'oci-spec-ts'
import type { BlobStore } from './blob-store.ts'
import { readPluginConfig, type PluginConfig } from './plugin-config.ts'
import type { PluginPackage } from './plugin-record.ts'

/** Writes config and manifest of a package whose layers are in the store, as Docker packs them. */
export async function writePackage(
  blobs: BlobStore,
  config: PluginConfig,
  layers: readonly string[],
): Promise<{ package: PluginPackage; config: PluginConfig }> {
  // Docker puts digests of the archives where images have those of the contents.
  const whole: PluginConfig = { ...config, rootfs: { diff_ids: [...layers], type: 'layers' } }
  const written = await blobs.write([Buffer.from(`${JSON.stringify(whole)}\n`)])
  const descriptors = await Promise.all(
    layers.map(async (digest) => ({ mediaType: dockerMediaTypes.layerGzip, digest, size: await blobs.size(digest) })),
  )
  const manifest = await blobs.write([
    // Registries take plugins only in Docker's own form of manifests.
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: dockerMediaTypes.manifest,
        config: { mediaType: dockerMediaTypes.pluginConfig, ...written },
        layers: descriptors,
      }),
    ),
  ])
  return { package: { manifest: manifest.digest, config: written.digest, layers: [...layers] }, config: whole }
}

/** The config of a package. Fails with PLUGIN_PACKAGE_INVALID or CONTENT_NOT_FOUND. */
export async function packagedConfig(blobs: BlobStore, { config }: PluginPackage): Promise<PluginConfig> {
  return readPluginConfig(await blobs.read(config))
}

/** Unpacks the layers of a package into a folder that is not there yet; on error nothing is left of it. */
export async function unpackLayers(blobs: BlobStore, layers: readonly string[], root: string): Promise<void> {
  await mkdir(root, { mode: 0o755 })
  try {
    for (const digest of layers) {
      const { compression, input } = await detectCompression(blobs.stream(digest))
      await applyLayer({ root, compression }, input)
    }
  } catch (error) {
    await removeFolders([root])
    throw error
  }
}
