import { json, type Route } from '../../server/route.ts'
import { exactNumber } from '../../wire/exact-number.ts'
import { pruneFilters } from '../../schemas/filters.ts'
import { pruneFilter } from '../prune-filter.ts'

export const pruneContainers: Route = {
  method: 'POST',
  path: '/containers/prune',
  async handle({ query, engine, signal }) {
    const filter = pruneFilter(query.filters(pruneFilters))
    const { removed, spaceReclaimed } = await engine.containers.prune(filter, { signal })
    return json({ ContainersDeleted: removed, SpaceReclaimed: exactNumber(spaceReclaimed) })
  },
}
