import { Type, type Static } from 'typebox'
import { Bytes, Maybe, OneOf, Open } from '../component/schemas.ts'

/** One step of an attachment to a process: it has begun, it was left by the detach keys, or a piece of output. */
export const AttachItem = Open({
  attached: Maybe(Type.Boolean()),
  detached: Maybe(Type.Boolean()),
  stream: Maybe(OneOf(['stdout', 'stderr'])),
  data: Maybe(Bytes('Output')),
})
export type AttachItem = Static<typeof AttachItem>
