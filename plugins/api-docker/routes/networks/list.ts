import { networkFilters } from '../../schemas/filters.ts'
import { listsNetworkContainers } from '../../compat/shapes.ts'
import { json, type Route } from '../../server/route.ts'
import { networkShape } from '../../shapes/network.ts'
import { invalidFilter, type Filters } from '../../wire/filters.ts'

export const listNetworks: Route = {
  method: 'GET',
  path: '/networks',
  async handle({ version, query, engine, signal }) {
    const { networks } = await engine.networks.list({ filter: toFilter(query.filters(networkFilters)) }, { signal })
    return json(networks.map((network) => networkShape(network, listsNetworkContainers(version))))
  },
}

/** The same with a slash at its end, which Docker serves too. */
export const listNetworksSlash: Route = { ...listNetworks, path: '/networks/' }

function toFilter(filters: Filters) {
  const optional = {
    ids: filters.maybe('id'),
    names: filters.maybe('name'),
    drivers: filters.maybe('driver'),
    labels: filters.maybe('label'),
    scopes: filters.maybe('scope'),
    types: filters.maybe('type')?.map(toType),
    dangling: filters.bool('dangling'),
  }
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
}

function toType(value: string): 'builtin' | 'custom' {
  if (value === 'builtin' || value === 'custom') return value
  throw invalidFilter(`: 'type'='${value}'`)
}
