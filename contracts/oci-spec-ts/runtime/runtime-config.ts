import { Type, type Static } from 'typebox'
import { StringMap, Strings } from '../schemas.ts'
import { makeValidator } from '../validator.ts'
import { IdMapping, Linux } from './linux.ts'
import { Process } from './process.ts'

export const Mount = Type.Object({
  /** Absolute, in the container. */
  destination: Type.String(),
  source: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  options: Type.Optional(Strings),
  uidMappings: Type.Optional(Type.Array(IdMapping)),
  gidMappings: Type.Optional(Type.Array(IdMapping)),
})
export type Mount = Static<typeof Mount>

export const Hook = Type.Object({
  path: Type.String(),
  args: Type.Optional(Strings),
  env: Type.Optional(Strings),
  /** Seconds. */
  timeout: Type.Optional(Type.Integer({ minimum: 1 })),
})
export type Hook = Static<typeof Hook>

const HookList = Type.Optional(Type.Array(Hook))

/** In the order in which they run; `prestart` is deprecated. */
export const Hooks = Type.Object({
  prestart: HookList,
  createRuntime: HookList,
  createContainer: HookList,
  startContainer: HookList,
  poststart: HookList,
  poststop: HookList,
})
export type Hooks = Static<typeof Hooks>

/** `config.json` of a bundle for Linux (runtime-spec, config.md). */
export const RuntimeConfig = Type.Object({
  ociVersion: Type.String(),
  root: Type.Optional(Type.Object({ path: Type.String(), readonly: Type.Optional(Type.Boolean()) })),
  process: Type.Optional(Process),
  hostname: Type.Optional(Type.String()),
  domainname: Type.Optional(Type.String()),
  mounts: Type.Optional(Type.Array(Mount)),
  hooks: Type.Optional(Hooks),
  annotations: Type.Optional(StringMap),
  linux: Type.Optional(Linux),
})
export type RuntimeConfig = Static<typeof RuntimeConfig>

export const validateRuntimeConfig = makeValidator(RuntimeConfig)
