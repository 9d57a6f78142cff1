import { json, type Route } from '../../server/route.ts'
import { containerRef } from './container-ref.ts'

const kinds = { modified: 0, added: 1, deleted: 2 } as const

/** Docker answers all changes at once; an unchanged container has null. */
export const containerChanges: Route = {
  method: 'GET',
  path: '/containers/{name}/changes',
  async handle(request) {
    const changes: { Path: string; Kind: number }[] = []
    const stream = request.engine.containers.changes({ ref: containerRef(request) }, { signal: request.signal })
    for await (const { path, kind } of stream) changes.push({ Path: path, Kind: kinds[kind] })
    return json(changes.length === 0 ? null : changes)
  },
}
