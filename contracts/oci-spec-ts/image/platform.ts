import { Type, type Static } from 'typebox'
import { Strings } from '../schemas.ts'

/** What an image runs on (image-spec, image-index.md): GOARCH and GOOS words. */
export const Platform = Type.Object({
  architecture: Type.String(),
  os: Type.String(),
  'os.version': Type.Optional(Type.String()),
  'os.features': Type.Optional(Strings),
  /** `v7`, `v8`: of the processor. */
  variant: Type.Optional(Type.String()),
})
export type Platform = Static<typeof Platform>
