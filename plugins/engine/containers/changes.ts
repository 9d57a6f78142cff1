import type { engineContainers, ItemOf } from '@moby/contracts'
import { ownPaths } from './base-files.ts'
import type { ContainerContext } from './container-context.ts'

type Change = ItemOf<typeof engineContainers, 'changes'>

const own: ReadonlySet<string> = new Set(ownPaths)

/** What a container changed against its image, as the storage driver tells it. */
export async function* readChanges(
  context: ContainerContext,
  ref: string,
  signal?: AbortSignal,
): AsyncIterable<Change> {
  const record = context.store.find(ref)
  yield* withoutOwnFiles(context.storage.get(record.drivers.storage).changes({ key: record.id }, { signal }))
}

/** Leaves the engine's mount points out, and their folder where nothing else in it changed. */
export async function* withoutOwnFiles(changes: AsyncIterable<Change>): AsyncIterable<Change> {
  let folder: Change | undefined
  for await (const change of changes) {
    if (change.path === '/etc' && change.kind === 'modified') {
      folder = change
      continue
    }
    if (own.has(change.path) && change.kind === 'added') continue
    if (folder !== undefined && change.path.startsWith('/etc/')) {
      yield folder
      folder = undefined
    }
    yield change
  }
}
