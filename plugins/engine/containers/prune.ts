import type { engineContainers, RequestOf } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'
import { hasLabel } from './filter.ts'
import { removeContainer } from './remove.ts'

type Request = RequestOf<typeof engineContainers, 'prune'>

/** Removes every container without process that the filter takes. One that cannot be removed is left and logged. */
export async function pruneContainers(
  context: ContainerContext,
  request: Request,
): Promise<{ removed: string[]; spaceReclaimed: string }> {
  const removed: string[] = []
  let reclaimed = 0n
  const limit = request.createdBefore === undefined ? Number.POSITIVE_INFINITY : Date.parse(request.createdBefore)
  for (const record of context.store.list()) {
    if (!isIdle(record) || Date.parse(record.createdAt) >= limit || !matches(record, request)) continue
    try {
      const { size } = await context.storage.get(record.drivers.storage).usage({ key: record.id })
      await removeContainer(context, { ref: record.id })
      reclaimed += BigInt(size)
      removed.push(record.id)
    } catch (error) {
      context.log.warn('a container was not pruned', { container: record.name, error: String(error) })
    }
  }
  context.events.publish('container', 'prune', '', { reclaimed: String(reclaimed) })
  return { removed, spaceReclaimed: String(reclaimed) }
}

function isIdle({ status }: ContainerRecord): boolean {
  return status === 'created' || status === 'exited' || status === 'dead'
}

function matches({ process }: ContainerRecord, { labels = [], notLabels = [] }: Request): boolean {
  return (
    labels.every((label) => hasLabel(process.labels, label)) &&
    !notLabels.some((label) => hasLabel(process.labels, label))
  )
}
