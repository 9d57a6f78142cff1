import { Type, type Static } from 'typebox'
import { StringMap } from '../schemas.ts'
import { makeValidator, type Problem } from '../validator.ts'
import { DigestString } from './digest.ts'
import { Platform } from './platform.ts'

/** RFC 6838, 4.2: two restricted names of up to 127 characters. */
export const MediaType = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$',
})

/** Names content by what it is: type, size and digest (image-spec, descriptor.md). */
export const Descriptor = Type.Object({
  mediaType: MediaType,
  digest: DigestString,
  /** Bytes. Limited to what a JSON number says exactly. */
  size: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** Where the content may be had as well. */
  urls: Type.Optional(Type.Array(Type.String({ format: 'uri' }))),
  annotations: Type.Optional(StringMap),
  /** The content itself, base64 with padding. */
  data: Type.Optional(Type.String({ pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' })),
  artifactType: Type.Optional(MediaType),
  platform: Type.Optional(Platform),
})
export type Descriptor = Static<typeof Descriptor>

/** Embedded content must have the size that the descriptor tells; its digest is for the reader to check. */
export function* checkEmbeddedData(descriptor: Descriptor, path = ''): Iterable<Problem> {
  if (descriptor.data === undefined) return
  const bytes = Buffer.byteLength(descriptor.data, 'base64')
  if (bytes === descriptor.size) return
  yield { path: `${path}/data`, message: `holds ${bytes} bytes where size says ${descriptor.size}` }
}

export const validateDescriptor = makeValidator(Descriptor, (descriptor) => checkEmbeddedData(descriptor))
