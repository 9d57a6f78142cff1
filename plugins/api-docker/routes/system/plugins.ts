import { codedError } from '@moby/contracts'
import { json, type Route } from '../../server/route.ts'

const accepted = ['enabled', 'capability']

/** Docker's managed plugins; this engine has components instead, which `moby ls` lists. */
export const listPlugins: Route = {
  method: 'GET',
  path: '/plugins',
  async handle({ query }) {
    query.filters(accepted)
    return json([])
  },
}

const missing = (method: 'GET' | 'DELETE', path: string): Route => ({
  method,
  path,
  async handle({ vars }) {
    throw codedError('API_PAGE_NOT_FOUND', `plugin ${JSON.stringify(vars['name'] ?? '')} not found`)
  },
})

export const inspectPlugin = missing('GET', '/plugins/{name}/json')
export const removePlugin = missing('DELETE', '/plugins/{name}')
