import { Type, type Static } from 'typebox'
import { makeValidator } from '../validator.ts'

/** Names of the parts of an image layout (image-spec, image-layout.md). */
export const layoutFiles = { marker: 'oci-layout', index: 'index.json', blobs: 'blobs' } as const

/** Content of the file `oci-layout`. */
export const ImageLayout = Type.Object({ imageLayoutVersion: Type.Literal('1.0.0') })
export type ImageLayout = Static<typeof ImageLayout>

export const validateImageLayout = makeValidator(ImageLayout)
