import { Type, type Static } from 'typebox'
import { Int64, Maybe, OneOf, Open } from '../component/schemas.ts'

export const imageRef = Type.String({
  minLength: 1,
  description: 'Reference, digest, id or unambiguous beginning of an id',
})

export const imagePlatform = Type.String({ description: 'linux/amd64, linux/arm64/v8' })

/** A manifest or index of an image, as it was pulled, loaded or made here. */
export const ImageManifest = Open({
  mediaType: Type.String(),
  digest: Type.String(),
  size: Int64('Bytes of the manifest'),
  /** The manifests that an index leads to, of a manifest itself; only told when asked for. */
  children: Maybe(
    Type.Array(
      Open({
        mediaType: Type.String(),
        digest: Type.String(),
        size: Int64('Bytes of the manifest'),
        kind: OneOf(['image', 'attestation', 'unknown']),
        platform: Maybe(imagePlatform),
        attests: Maybe(Type.String({ description: 'Digest of the manifest that an attestation is about' })),
        available: Type.Boolean({ description: 'It is here with all that it names' }),
        contentSize: Int64('Bytes of what is here of it, as it is pushed'),
        unpackedSize: Int64('Bytes of its layers, unpacked'),
        image: Maybe(Type.String({ description: 'Id of the image, when it is here' })),
        containers: Type.Array(Type.String({ description: 'Ids of the containers that use it' })),
      }),
    ),
  ),
})
export type ImageManifest = Static<typeof ImageManifest>

export const Image = Open({
  id: Type.String({ description: '`sha256:` and hex: digest of the configuration' }),
  tags: Type.Array(Type.String({ description: 'Familiar form with tag: busybox:latest' })),
  digests: Type.Array(
    Type.String({ description: 'Familiar form with digest: what the image was pulled or pushed as' }),
  ),
  manifests: Type.Array(ImageManifest, {
    description: 'What names the image: its manifest, and the indexes it came by',
  }),
  createdAt: Type.String({ description: 'RFC 3339, empty when the configuration does not tell' }),
  size: Int64('Bytes of all layers, unpacked'),
  architecture: Type.String(),
  variant: Type.String(),
  os: Type.String(),
  author: Type.String(),
  comment: Type.String(),
  parent: Type.String(),
  config: Type.Record(Type.String(), Type.Unknown(), { description: 'OCI image configuration: config' }),
  layers: Type.Array(Type.String({ description: 'diffIDs' })),
  layerSizes: Type.Array(Int64('Bytes that each of the layers adds, unpacked')),
  history: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  containers: Type.Integer({ description: 'How many containers use it' }),
  lastTaggedAt: Maybe(Type.String()),
  storage: Type.String({ description: 'Driver that holds its layers' }),
  waitingFor: Maybe(Type.String({ description: 'Set when that driver is not in the assembly' })),
})
export type Image = Static<typeof Image>

/** What happens during a long operation, in Docker's words. */
export const Progress = Open({
  status: Maybe(Type.String()),
  id: Maybe(Type.String()),
  current: Maybe(Type.Number()),
  total: Maybe(Type.Number()),
  stream: Maybe(Type.String()),
  aux: Maybe(Type.Record(Type.String(), Type.Unknown())),
})
export type Progress = Static<typeof Progress>
