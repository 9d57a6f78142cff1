import type { Change, Implementation, stateStore } from '@moby/contracts'

/** What a write must outlast: the loss of power, or the death of the process. */
export type Durability = 'power-loss' | 'process'

/** A change of one record that has been prepared by its table. */
export interface Write {
  readonly change: Change
  /** Told once: with the revision of the commit, or undefined when the commit failed. */
  settle(revision: bigint | undefined): void
}

/**
 * Commits writes of one or several tables together: all of them or none. The tables show them once
 * the store has answered. Errors: those of `state.store` commit.
 */
export async function commitTogether(
  store: Implementation<typeof stateStore>,
  writes: readonly Write[],
  durability: Durability,
): Promise<void> {
  if (writes.length === 0) return
  let revision: bigint | undefined
  try {
    const answer = await store.commit({ changes: writes.map((write) => write.change), durability })
    revision = BigInt(answer.revision)
  } finally {
    for (const write of writes) write.settle(revision)
  }
}
