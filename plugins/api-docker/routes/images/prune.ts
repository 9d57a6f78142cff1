import { imagePruneFilters } from '../../schemas/filters.ts'
import { json, type Route } from '../../server/route.ts'
import { exactNumber } from '../../wire/exact-number.ts'
import { pruneFilter } from '../prune-filter.ts'

/** Removes images that no container uses: those without a tag, or all with `dangling=false`. */
export const pruneImages: Route = {
  method: 'POST',
  path: '/images/prune',
  async handle({ query, engine, signal }) {
    const filters = query.filters(imagePruneFilters)
    const all = !(filters.bool('dangling') ?? true)
    const { changes, spaceReclaimed } = await engine.images.prune({ ...pruneFilter(filters), all }, { signal })
    const deleted = changes.map(({ kind, name }) => (kind === 'untagged' ? { Untagged: name } : { Deleted: name }))
    return json({
      ImagesDeleted: deleted.length === 0 ? null : deleted,
      SpaceReclaimed: exactNumber(spaceReclaimed),
    })
  },
}
