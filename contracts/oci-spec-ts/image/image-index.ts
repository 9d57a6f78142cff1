import { Type, type Static } from 'typebox'
import { StringMap } from '../schemas.ts'
import { makeValidator, type Problem } from '../validator.ts'
import { refuseKeys, requireMediaType } from './ambiguity.ts'
import { checkEmbeddedData, Descriptor, MediaType } from './descriptor.ts'
import { dockerMediaTypes, mediaTypes } from './media-types.ts'

/** A list of manifests, mostly one a platform (image-spec, image-index.md); `index.json` of a layout too. */
export const ImageIndex = Type.Object({
  schemaVersion: Type.Literal(2),
  mediaType: Type.Optional(MediaType),
  artifactType: Type.Optional(MediaType),
  manifests: Type.Array(Descriptor),
  subject: Type.Optional(Descriptor),
  annotations: Type.Optional(StringMap),
})
export type ImageIndex = Static<typeof ImageIndex>

const kind = 'image index'

function* checkIndex(index: ImageIndex): Iterable<Problem> {
  yield* requireMediaType(index, kind, [mediaTypes.index, dockerMediaTypes.index])
  yield* refuseKeys(index, kind, ['layers', 'config', 'fsLayers'])
  for (const [at, entry] of index.manifests.entries()) yield* checkEmbeddedData(entry, `/manifests/${at}`)
  if (index.subject !== undefined) yield* checkEmbeddedData(index.subject, '/subject')
}

export const validateImageIndex = makeValidator(ImageIndex, checkIndex)
