import type { Container, engineContainers, RequestOf } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'
import { compileFilter } from './filter.ts'
import { withSize } from './inspect.ts'
import { showContainer } from './show.ts'

type Request = RequestOf<typeof engineContainers, 'list'>

/** Containers, newest first: the running ones, or all when asked for or when a limit or a state says so. */
export async function listContainers(context: ContainerContext, request: Request): Promise<Container[]> {
  const { filter = {}, limit = 0 } = request
  const matches = compileFilter(
    {
      store: context.store,
      networks: context.networks,
      images: context.images,
      healthOf: (id) => context.lives.of(id).health?.show().status ?? 'none',
    },
    filter,
  )
  const asksForState = [filter.statuses, filter.exitCodes].some((values) => values !== undefined && values.length > 0)
  const all =
    request.all === true || limit > 0 || asksForState || filter.before !== undefined || filter.since !== undefined
  const records = context.store
    .list()
    .filter((record) => (all || isUp(record)) && matches(record))
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  const chosen = limit > 0 ? records.slice(0, limit) : records
  if (request.size !== true) return chosen.map((record) => showContainer(context, record))
  return Promise.all(chosen.map((record) => withSize(context, record)))
}

function isUp({ status }: ContainerRecord): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting'
}
