import { volumeFilters } from '../../schemas/filters.ts'
import { json, type Route } from '../../server/route.ts'
import { volumeShape } from '../../shapes/volume.ts'

export const listVolumes: Route = {
  method: 'GET',
  path: '/volumes',
  async handle({ query, engine, signal }) {
    const filters = query.filters(volumeFilters)
    const optional = {
      names: filters.maybe('name'),
      drivers: filters.maybe('driver'),
      labels: filters.maybe('label'),
      dangling: filters.bool('dangling'),
    }
    const filter = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
    const { volumes, warnings } = await engine.volumes.list({ filter }, { signal })
    return json({ Volumes: volumes.map(volumeShape), Warnings: warnings.length === 0 ? null : warnings })
  },
}
