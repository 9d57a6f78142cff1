/** Media types of the image specification (media-types.md). */
export const mediaTypes = {
  descriptor: 'application/vnd.oci.descriptor.v1+json',
  layout: 'application/vnd.oci.layout.header.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  layerNonDistributable: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
  layerNonDistributableGzip: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  layerNonDistributableZstd: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
} as const

/** Their elders of Docker's registry protocol (distribution, manifest-v2-2), which registries still serve. */
export const dockerMediaTypes = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  pluginConfig: 'application/vnd.docker.plugin.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
  layerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  layerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  layerForeign: 'application/vnd.docker.image.rootfs.foreign.diff.tar',
  layerForeignGzip: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
} as const

const equivalents = new Map<string, string>([
  [dockerMediaTypes.index, mediaTypes.index],
  [dockerMediaTypes.manifest, mediaTypes.manifest],
  [dockerMediaTypes.config, mediaTypes.config],
  [dockerMediaTypes.layer, mediaTypes.layer],
  [dockerMediaTypes.layerGzip, mediaTypes.layerGzip],
  [dockerMediaTypes.layerZstd, mediaTypes.layerZstd],
  [dockerMediaTypes.layerForeign, mediaTypes.layerNonDistributable],
  [dockerMediaTypes.layerForeignGzip, mediaTypes.layerNonDistributableGzip],
])

/** The OCI media type that means the same as one of Docker's; any other comes back as it is. */
export function toOciMediaType(mediaType: string): string {
  return equivalents.get(mediaType) ?? mediaType
}

export type LayerCompression = 'none' | 'gzip' | 'zstd'

const compressions = new Map<string, LayerCompression>([
  [mediaTypes.layer, 'none'],
  [mediaTypes.layerGzip, 'gzip'],
  [mediaTypes.layerZstd, 'zstd'],
  [mediaTypes.layerNonDistributable, 'none'],
  [mediaTypes.layerNonDistributableGzip, 'gzip'],
  [mediaTypes.layerNonDistributableZstd, 'zstd'],
])

/** How a layer of this media type is compressed; undefined when it is no layer of a root file system. */
export function compressionOfLayer(mediaType: string): LayerCompression | undefined {
  return compressions.get(toOciMediaType(mediaType))
}
