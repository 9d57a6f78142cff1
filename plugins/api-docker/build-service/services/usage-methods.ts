import { codedError } from '@moby/contracts'
import type { Timestamp } from '@moby/lib-ttrpc'
import type { Handles } from '../../server/handles.ts'
import type { Methods, ServedCall } from '../calls/serve-call.ts'
import { DiskUsageRequest, DiskUsageResponse, PruneRequest, UsageRecord } from '../messages/control-messages.ts'
import { timestampOf } from '../messages/timestamps.ts'
import { usageFilter } from './usage-filter.ts'

/** What the cache holds, and its removal: `docker buildx du`, `docker builder prune`. */
export function usageMethods(control: string, { builder }: Handles): Methods {
  return {
    [`${control}/DiskUsage`]: async ({ message, signal }) => {
      const matches = usageFilter(DiskUsageRequest.decode(message).filters)
      const records = await usageOf(builder, signal)
      return DiskUsageResponse.encode({ records: records.filter(matches) })
    },
    [`${control}/Prune`]: (call) => prune(builder, call),
  }
}

/** What is removed is told with its size as it was before. */
async function* prune(builder: Handles['builder'], { message, signal }: ServedCall): AsyncGenerator<Uint8Array, void> {
  const { all, filters: given, keepDuration, reservedSpace, maxUsedSpace, minFreeSpace } = PruneRequest.decode(message)
  if (maxUsedSpace !== 0 || minFreeSpace !== 0) {
    throw codedError('NOT_SUPPORTED', 'Pruning the build cache by max-used-space or min-free-space is not supported', {
      hint: 'Use reserved-space.',
    })
  }
  const filters = given.filter((filter) => filter !== '')
  const matches = usageFilter(filters)
  const before = await usageOf(builder, signal)
  const ids = before.filter(matches).map(({ id }) => id)
  if (filters.length > 0 && ids.length === 0) return
  const { removed } = await builder.prune(
    {
      all,
      ...(reservedSpace === 0 ? {} : { keepBytes: String(reservedSpace) }),
      ...(keepDuration === 0 ? {} : { unusedSince: new Date(Date.now() - keepDuration / 1e6).toISOString() }),
      ...(filters.length === 0 ? {} : { ids }),
    },
    { signal },
  )
  const known = new Map(before.map((record) => [record.id, record]))
  for (const id of removed) yield UsageRecord.encode(known.get(id) ?? { id })
}

async function usageOf(builder: Handles['builder'], signal: AbortSignal): Promise<UsageRecord[]> {
  const { entries } = await builder.usage({}, { signal })
  return entries.map(({ id, parents, kind, description, inUse, shared, size, createdAt, lastUsedAt, usageCount }) => ({
    id,
    isMutable: kind === 'exec.cachemount',
    inUse,
    size: Number(size),
    createdAt: momentOf(createdAt),
    lastUsedAt: lastUsedAt === undefined ? undefined : momentOf(lastUsedAt),
    usageCount,
    description,
    recordType: kind,
    isShared: shared,
    parents: [...parents],
  }))
}

function momentOf(text: string): Timestamp {
  return timestampOf(Date.parse(text))
}
