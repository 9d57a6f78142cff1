import { Type, type Static } from 'typebox'
import { StringMap } from '../schemas.ts'
import { makeValidator, type Problem } from '../validator.ts'
import { refuseKeys, requireMediaType } from './ambiguity.ts'
import { checkEmbeddedData, Descriptor, MediaType } from './descriptor.ts'
import { dockerMediaTypes, mediaTypes } from './media-types.ts'

/** One image for one platform, or an artifact (image-spec, manifest.md). Layers go from the base upwards. */
export const ImageManifest = Type.Object({
  schemaVersion: Type.Literal(2),
  mediaType: Type.Optional(MediaType),
  artifactType: Type.Optional(MediaType),
  config: Descriptor,
  layers: Type.Array(Descriptor),
  /** The manifest that this one is about. */
  subject: Type.Optional(Descriptor),
  annotations: Type.Optional(StringMap),
})
export type ImageManifest = Static<typeof ImageManifest>

const kind = 'image manifest'

function* checkManifest(manifest: ImageManifest): Iterable<Problem> {
  yield* requireMediaType(manifest, kind, [mediaTypes.manifest, dockerMediaTypes.manifest])
  yield* refuseKeys(manifest, kind, ['manifests', 'fsLayers', 'history', 'signatures'])
  // Docker's own schema lets an image from scratch have no layer.
  if (manifest.layers.length === 0 && manifest.mediaType !== dockerMediaTypes.manifest) {
    yield { path: '/layers', message: 'must have at least one layer' }
  }
  if (manifest.config.mediaType === mediaTypes.empty && manifest.artifactType === undefined) {
    yield { path: '/artifactType', message: 'must be set when the configuration is the empty one' }
  }
  yield* checkEmbeddedData(manifest.config, '/config')
  for (const [at, layer] of manifest.layers.entries()) yield* checkEmbeddedData(layer, `/layers/${at}`)
  if (manifest.subject !== undefined) yield* checkEmbeddedData(manifest.subject, '/subject')
}

export const validateImageManifest = makeValidator(ImageManifest, checkManifest)
