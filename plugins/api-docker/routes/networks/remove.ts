import { empty, json, type Route } from '../../server/route.ts'
import { pruneFilters } from '../../schemas/filters.ts'
import { pruneFilter } from '../prune-filter.ts'

export const removeNetwork: Route = {
  method: 'DELETE',
  path: '/networks/{id}',
  async handle({ vars, engine }) {
    await engine.networks.remove({ ref: vars['id'] ?? '' })
    return empty()
  },
}

export const pruneNetworks: Route = {
  method: 'POST',
  path: '/networks/prune',
  async handle({ query, engine, signal }) {
    const { removed } = await engine.networks.prune(pruneFilter(query.filters(pruneFilters)), { signal })
    return json({ NetworksDeleted: removed })
  },
}
