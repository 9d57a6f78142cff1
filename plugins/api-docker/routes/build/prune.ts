import { buildPruneFilters } from '../../schemas/filters.ts'
import { json, type Route } from '../../server/route.ts'
import { exactNumber } from '../../wire/exact-number.ts'
import { readMoment, writeRfc3339 } from '../../wire/moment.ts'
import { invalidRequest, notImplemented } from '../../wire/api-error.ts'

/** Removes what the builder keeps to build faster. */
export const pruneBuildCache: Route = {
  method: 'POST',
  path: '/build/prune',
  async handle({ query, engine, signal }) {
    const filters = query.filters(buildPruneFilters)
    // Nothing that the builder keeps has a label: no label is found there, and any may be absent.
    if (filters.maybe('label') !== undefined) return json({ CachesDeleted: [], SpaceReclaimed: 0 })
    const [until, unusedFor] = [filters.one('until'), filters.one('unused-for')]
    if (until !== undefined && unusedFor !== undefined) {
      throw invalidRequest('conflicting filters: "until" and "unused-for" mean the same')
    }
    const age = until ?? unusedFor
    const moment = age === undefined ? undefined : readMoment(age)
    const unusedSince = moment === undefined ? undefined : writeRfc3339(moment)
    for (const key of ['max-used-space', 'min-free-space']) {
      if ((query.integer(key) ?? 0) !== 0)
        throw notImplemented(`pruning the build cache by ${key}`, 'Use reserved-space.')
    }
    const keep = query.integer('reserved-space') ?? query.integer('keep-storage')
    const ids = filters.maybe('id')
    const { removed, spaceReclaimed } = await engine.builder.prune(
      {
        all: query.bool('all'),
        ...(keep === undefined || keep === 0 ? {} : { keepBytes: String(keep) }),
        ...(unusedSince === undefined ? {} : { unusedSince }),
        ...(ids === undefined ? {} : { ids }),
      },
      { signal },
    )
    return json({ CachesDeleted: removed, SpaceReclaimed: exactNumber(spaceReclaimed) })
  },
}
