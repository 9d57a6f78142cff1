import { createHash } from 'node:crypto'
import { hasCode, type BuildProgress } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import type { Build } from './build-parts.ts'
import { tidyConfig, type StageState } from './stage-state.ts'

export interface Step {
  /** Entry of the history, as dockerd writes it. */
  readonly createdBy: string
  /** What makes it another step beside the image below and the configuration. */
  readonly key: readonly unknown[]
  readonly config: ExecutionConfig
  /** Makes the layer; absent for a step of configuration alone. */
  readonly layer?: () => AsyncIterable<Uint8Array>
}

/** Ends a step: the image that was made of it before, or a new one. */
export async function* commitStep(build: Build, state: StageState, step: Step): AsyncGenerator<BuildProgress, void> {
  const config = tidyConfig(step.config)
  const key = stepKey(state, [config, step.createdBy, ...step.key])
  if (yield* useCached(build, state, key, config)) return
  const { images } = build.parts
  const { id } = await images.extend(
    {
      config: { ...config },
      passing: true,
      createdBy: step.createdBy,
      ...(state.image === undefined
        ? state.platform === undefined
          ? {}
          : { platform: state.platform }
        : { base: state.image }),
      ...(state.author === undefined ? {} : { author: state.author }),
    },
    step.layer?.() ?? nothing(),
    { signal: build.signal },
  )
  await keep(build, state, { key, id, config, description: step.createdBy })
}

/** Takes the image of an earlier build for this step, if there is one. */
export async function* useCached(
  build: Build,
  state: StageState,
  key: string,
  config: ExecutionConfig,
): AsyncGenerator<BuildProgress, boolean> {
  if (build.spec.noCache) return false
  const image = await findCached(build, key)
  if (image === undefined) return false
  state.image = image
  state.config = tidyConfig(config)
  yield { stream: ' ---> Using cache\n', cached: true }
  return true
}

async function findCached(build: Build, key: string): Promise<string | undefined> {
  const record = build.parts.cache.get(key)
  if (record === undefined || !build.hold(record.image)) return undefined
  try {
    await build.parts.images.inspect({ ref: record.image })
  } catch (error) {
    if (!hasCode(error, 'IMAGE_NOT_FOUND')) throw error
    await build.parts.cache.delete([key])
    return undefined
  }
  await build.parts.cache.touch(key)
  return record.image
}

/** Notes a new image as that of a step. */
export async function keep(
  build: Build,
  state: StageState,
  made: { readonly key: string; readonly id: string; readonly config: ExecutionConfig; readonly description: string },
): Promise<void> {
  const parent = state.image
  build.hold(made.id)
  state.image = made.id
  state.config = tidyConfig(made.config)
  await build.parts.cache.put({ key: made.key, image: made.id, parent, description: made.description })
}

/** The name of a step: equal names mean equal images. */
export function stepKey(state: StageState, parts: readonly unknown[]): string {
  const below = state.image ?? `nothing for ${state.platform ?? 'this host'}`
  return createHash('sha256')
    .update(JSON.stringify([below, state.author, ...parts]))
    .digest('hex')
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}
