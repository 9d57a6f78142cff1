import type { engineContainers, ItemOf } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'

/** What a container changed against its image, as the storage driver tells it. */
export async function* readChanges(
  context: ContainerContext,
  ref: string,
  signal?: AbortSignal,
): AsyncIterable<ItemOf<typeof engineContainers, 'changes'>> {
  const record = context.store.find(ref)
  yield* context.storage.get(record.drivers.storage).changes({ key: record.id }, { signal })
}
