import { Type, type Static } from 'typebox'
import { DateTime, OrNull, StringMap, Strings } from '../schemas.ts'
import { makeValidator, type Problem } from '../validator.ts'
import { DigestString } from './digest.ts'
import { Platform } from './platform.ts'

/** Keys that mean something, values that do not: ports as `80/tcp`, paths. */
const KeySet = Type.Record(Type.String(), Type.Object({}))

/** How containers of the image run by default (image-spec, config.md; Docker's extensions marked). */
export const ExecutionConfig = Type.Object({
  /** `user`, `uid`, either with `:group` or `:gid`. */
  User: Type.Optional(Type.String()),
  ExposedPorts: Type.Optional(OrNull(KeySet)),
  /** `NAME=value`. */
  Env: Type.Optional(OrNull(Type.Array(Type.String({ pattern: '^[^=]+=[\\s\\S]*$' })))),
  Entrypoint: Type.Optional(OrNull(Strings)),
  Cmd: Type.Optional(OrNull(Strings)),
  Volumes: Type.Optional(OrNull(KeySet)),
  WorkingDir: Type.Optional(Type.String()),
  Labels: Type.Optional(OrNull(StringMap)),
  /** `SIGTERM` or a number. */
  StopSignal: Type.Optional(Type.String()),
  /** Windows only, deprecated. */
  ArgsEscaped: Type.Optional(Type.Boolean()),
  /** Docker. Durations are nanoseconds. */
  Healthcheck: Type.Optional(
    OrNull(
      Type.Object({
        Test: Type.Optional(OrNull(Strings)),
        Interval: Type.Optional(Type.Integer()),
        Timeout: Type.Optional(Type.Integer()),
        StartPeriod: Type.Optional(Type.Integer()),
        StartInterval: Type.Optional(Type.Integer()),
        Retries: Type.Optional(Type.Integer()),
      }),
    ),
  ),
  /** Docker. */
  OnBuild: Type.Optional(OrNull(Strings)),
  /** Docker. */
  Shell: Type.Optional(OrNull(Strings)),
})
export type ExecutionConfig = Static<typeof ExecutionConfig>

/** One step in the making of an image. */
export const HistoryEntry = Type.Object({
  created: Type.Optional(OrNull(DateTime)),
  created_by: Type.Optional(Type.String()),
  author: Type.Optional(Type.String()),
  comment: Type.Optional(Type.String()),
  /** True for a step that made no layer. */
  empty_layer: Type.Optional(Type.Boolean()),
})
export type HistoryEntry = Static<typeof HistoryEntry>

/** The configuration of an image; its digest is the image's id (image-spec, config.md). */
export const ImageConfig = Type.Object({
  ...Platform.properties,
  created: Type.Optional(OrNull(DateTime)),
  author: Type.Optional(Type.String()),
  config: Type.Optional(OrNull(ExecutionConfig)),
  rootfs: Type.Object({
    type: Type.Literal('layers'),
    /** Digests of the uncompressed layers, from the base upwards. */
    diff_ids: OrNull(Type.Array(DigestString)),
  }),
  history: Type.Optional(OrNull(Type.Array(HistoryEntry))),
})
export type ImageConfig = Static<typeof ImageConfig>

/** History may be left out, but where it is told it must tell of every layer. */
function* checkHistory({ history, rootfs }: ImageConfig): Iterable<Problem> {
  if (history === undefined || history === null || history.length === 0) return
  const steps = history.filter((entry) => entry.empty_layer !== true).length
  const layers = rootfs.diff_ids?.length ?? 0
  if (steps <= layers) return
  yield { path: '/history', message: `tells of ${steps} layers where rootfs has ${layers}` }
}

export const validateImageConfig = makeValidator(ImageConfig, checkHistory)
