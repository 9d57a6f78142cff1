import type { Logger } from '@moby/contracts'
import type { CurrentGeneration } from '../kernel/generation.ts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import type { KeptPayloads } from '../payloads/kept-payloads.ts'
import type { GenerationStore } from './generation-store.ts'

export interface CollectParts {
  readonly kept: KeptPayloads
  readonly store: GenerationStore
  readonly current: CurrentGeneration
  readonly log: Logger
}

/**
 * Removes kept files that nothing can come to need: no generation that can be gone back to, nothing that runs, nothing that was
 * removed and is still used. Not to be called while a change is under way. Never fails.
 */
export async function collectPayloads({ kept, store, current, log }: CollectParts): Promise<void> {
  try {
    const records = store.list()
    // Whatever looks like a digest in a lock: one too many costs some room, one too few a rollback.
    const locks = records.flatMap(({ lock }) => lock.match(/sha256:[0-9a-f]{64}/g) ?? [])
    const retired = records.at(-1)?.retired.map(({ locked }) => locked.digest) ?? []
    const running = current.value.members.map(({ locked }) => locked.digest)
    await kept.collect(new Set([...locks, ...retired]), new Set(running))
  } catch (error) {
    log.warn('kept files of components that nobody needs any more could not be removed', { reason: reasonOf(error) })
  }
}
