import { Type, type Static } from 'typebox'
import { StringMap, Words } from '../schemas.ts'
import { makeValidator } from '../validator.ts'

/** What a runtime tells of a container, on `state` and to hooks (runtime-spec, runtime.md, "State"). */
export const RuntimeState = Type.Object({
  ociVersion: Type.String(),
  id: Type.String(),
  status: Words(['creating', 'created', 'running', 'stopped']),
  pid: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Absolute. */
  bundle: Type.String(),
  annotations: Type.Optional(StringMap),
})
export type RuntimeState = Static<typeof RuntimeState>

export const validateRuntimeState = makeValidator(RuntimeState)
