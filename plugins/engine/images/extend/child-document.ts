import { hostArchitecture } from '../host-platform.ts'
import type { ExecutionConfig, ImageConfig } from 'oci-spec-ts'

/** What makes a step of the history, and an image of the one below. */
export interface Step {
  /** Absent: an image of this layer alone. */
  readonly base?: ImageConfig | undefined
  /** Absent: that of the base. */
  readonly config?: ExecutionConfig | undefined
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string }
  /** diffID of the new layer, if there is one. */
  readonly diffId?: string | undefined
  readonly created: string
  readonly author?: string | undefined
  readonly comment?: string | undefined
  readonly createdBy?: string | undefined
}

/** The configuration of an image that is one step further than its base. What the base says beyond it stays. */
export function childDocument(step: Step): ImageConfig {
  const { base, platform, created, author, diffId } = step
  const entry = {
    created,
    ...given('created_by', step.createdBy),
    ...given('author', author),
    ...given('comment', step.comment),
    ...(diffId === undefined ? { empty_layer: true } : {}),
  }
  return {
    ...(base === undefined ? platform : keptOf(base)),
    created,
    ...given('author', author ?? base?.author),
    config: step.config ?? base?.config ?? {},
    rootfs: {
      type: 'layers',
      diff_ids: [...(base?.rootfs.diff_ids ?? []), ...(diffId === undefined ? [] : [diffId])],
    },
    history: [...(base?.history ?? []), entry],
  }
}

/** Of the base what tells for which machines it is; how and by whom it was made is its own. */
function keptOf(base: ImageConfig) {
  const { os, architecture, variant } = base
  const { 'os.version': version, 'os.features': features } = base
  return {
    os,
    // An elder image tells none; what is made of it was made on this host.
    architecture: architecture === '' ? hostArchitecture() : architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(version === undefined ? {} : { 'os.version': version }),
    ...(features === undefined ? {} : { 'os.features': features }),
  }
}

function given<K extends string>(key: K, text: string | undefined): Partial<Record<K, string>> {
  return text === undefined || text === '' ? {} : ({ [key]: text } as Record<K, string>)
}
