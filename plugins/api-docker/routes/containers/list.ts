import { containerFilters } from '../../schemas/filters.ts'
import { containerStatuses, type ContainerFilter } from '@moby/contracts'
import { containerSummary } from '../../compat/shapes.ts'
import { json, type Route } from '../../server/route.ts'
import { containerSummaryShape } from '../../shapes/container-summary.ts'
import { toExposedPorts } from '../../translate/ports.ts'
import { invalidFilter, type Filters } from '../../wire/filters.ts'

export const listContainers: Route = {
  method: 'GET',
  path: '/containers/json',
  async handle({ version, query, engine, signal }) {
    const filters = query.filters(containerFilters)
    const limit = query.integer('limit')
    // Only containers of a swarm are tasks, and only Windows isolates in another way.
    if (filters.bool('is-task') === true || !onlyDefaultIsolation(filters)) return json([])
    const { containers } = await engine.containers.list(
      {
        // A filter by state means containers in that state, running or not.
        all: query.bool('all') || filters.has('status'),
        ...(limit === undefined || limit <= 0 ? {} : { limit }),
        size: query.bool('size'),
        filter: toFilter(filters, query.maybe('before'), query.maybe('since')),
      },
      { signal },
    )
    return json(containers.map((container) => containerSummary(version, containerSummaryShape(container))))
  },
}

function toFilter(filters: Filters, before: string | undefined, since: string | undefined): ContainerFilter {
  const statuses = filters.maybe('status')?.map((status) => oneOf('status', 'state', status, containerStatuses))
  const health = filters
    .maybe('health')
    ?.map((status) => oneOf('health', 'health', status, ['none', 'starting', 'healthy', 'unhealthy'] as const))
  const optional = {
    ids: filters.maybe('id'),
    names: filters.maybe('name'),
    statuses,
    labels: filters.maybe('label'),
    exitCodes: filters.maybe('exited')?.map(toExitCode),
    ancestors: filters.maybe('ancestor'),
    networks: filters.maybe('network'),
    volumes: filters.maybe('volume'),
    publish: portsOf(filters, 'publish'),
    expose: portsOf(filters, 'expose'),
    health,
    before: filters.one('before') ?? before,
    since: filters.one('since') ?? since,
  }
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as ContainerFilter
}

function onlyDefaultIsolation(filters: Filters): boolean {
  const wanted = filters.get('isolation')
  return wanted.length === 0 || wanted.includes('default') || wanted.includes('')
}

function oneOf<const T extends string>(key: string, what: string, value: string, known: readonly T[]): T {
  const found = known.find((word) => word === value)
  if (found !== undefined) return found
  throw invalidFilter(` '${key}=${value}': invalid value for ${what} (${value}): must be one of ${known.join(', ')}`)
}

function toExitCode(value: string): number {
  if (!/^-?\d{1,10}$/.test(value)) throw invalidFilter(` 'exited=${value}'`)
  return Number(value)
}

function portsOf(filters: Filters, key: 'publish' | 'expose'): string[] | undefined {
  const values = filters.maybe(key)
  for (const value of values ?? []) {
    if (value.includes(':')) throw invalidFilter(` '${key}=${value}': it should not contain ':'`)
  }
  return values === undefined ? undefined : toExposedPorts(values)
}
