import { pluginFilters } from '../../schemas/filters.ts'
import { json, type Route } from '../../server/route.ts'
import { pluginShape } from '../../shapes/plugin.ts'

export const listPlugins: Route = {
  method: 'GET',
  path: '/plugins',
  async handle({ query, engine }) {
    const filters = query.filters(pluginFilters)
    const optional = { enabled: filters.bool('enabled'), capabilities: filters.maybe('capability') }
    const filter = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
    const { plugins } = await engine.plugins.list({ filter })
    return json(plugins.map(pluginShape))
  },
}

export const inspectPlugin: Route = {
  method: 'GET',
  path: '/plugins/{name}/json',
  async handle({ vars, engine }) {
    return json(pluginShape(await engine.plugins.inspect({ ref: vars['name'] ?? '' })))
  },
}
