import { eventFilters } from '../../schemas/filters.ts'
import { tellsEvent } from '../../compat/shapes.ts'
import { prime } from '../../server/prime.ts'
import type { Route } from '../../server/route.ts'
import { eventShape } from '../../shapes/event.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import type { Filters } from '../../wire/filters.ts'
import { readMoment, writeRfc3339 } from '../../wire/moment.ts'
import type { Query } from '../../wire/query.ts'

/** Filters by things that this engine does not have: given, no event fits. */
const absent = ['config', 'node', 'secret', 'service']

/** The engine's first item comes at once, and with it the head: clients wait for it before they start containers. */
export const events: Route = {
  method: 'GET',
  path: '/events',
  async handle({ version, query, engine, signal }) {
    const filters = query.filters(eventFilters)
    const request = { ...period(query), filter: toFilter(filters) }
    const rest = await prime(engine.system.events(request, { signal }))
    const never = absent.some((key) => filters.has(key))
    return {
      kind: 'stream',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: (async function* () {
        for await (const { event } of rest) {
          if (event === undefined || never || !tellsEvent(version, event)) continue
          yield `${JSON.stringify(eventShape(event))}\n`
        }
      })(),
    }
  },
}

function period(query: Query): { since?: string; until?: string } {
  const since = readMoment(query.text('since'))
  const until = readMoment(query.text('until'))
  if (since !== undefined && until !== undefined && until < since) {
    throw invalidRequest(
      `\`since\` time (${query.text('since')}) cannot be after \`until\` time (${query.text('until')})`,
    )
  }
  return {
    ...(since === undefined ? {} : { since: writeRfc3339(since) }),
    ...(until === undefined ? {} : { until: writeRfc3339(until) }),
  }
}

function toFilter(filters: Filters) {
  const optional = {
    types: filters.maybe('type'),
    actions: filters.maybe('event'),
    containers: filters.maybe('container'),
    images: filters.maybe('image'),
    networks: filters.maybe('network'),
    volumes: filters.maybe('volume'),
    daemons: filters.maybe('daemon'),
    plugins: filters.maybe('plugin'),
    labels: filters.maybe('label'),
    scopes: filters.maybe('scope'),
  }
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
}
