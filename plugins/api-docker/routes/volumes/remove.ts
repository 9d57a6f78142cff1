import { volumePruneFilters } from '../../schemas/filters.ts'
import { since } from '../../compat/shapes.ts'
import { empty, json, type Route } from '../../server/route.ts'
import { exactNumber } from '../../wire/exact-number.ts'
import { labelFilter } from '../prune-filter.ts'

export const removeVolume: Route = {
  method: 'DELETE',
  path: '/volumes/{name}',
  async handle({ vars, query, engine }) {
    await engine.volumes.remove({ name: vars['name'] ?? '', force: query.bool('force') })
    return empty()
  },
}

export const pruneVolumes: Route = {
  method: 'POST',
  path: '/volumes/prune',
  async handle({ version, query, engine, signal }) {
    const filters = query.filters(volumePruneFilters)
    const all = version < since.pruneAnonymousOnly || filters.bool('all') === true
    const { removed, spaceReclaimed } = await engine.volumes.prune({ all, ...labelFilter(filters) }, { signal })
    return json({ VolumesDeleted: removed, SpaceReclaimed: exactNumber(spaceReclaimed) })
  },
}
