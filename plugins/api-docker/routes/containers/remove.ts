import { empty, type Route } from '../../server/route.ts'
import { notImplemented } from '../../wire/api-error.ts'
import { containerRef } from './container-ref.ts'

export const removeContainer: Route = {
  method: 'DELETE',
  path: '/containers/{name}',
  async handle(request) {
    const { query, engine } = request
    if (query.bool('link')) throw notImplemented('removing a link')
    await engine.containers.remove({ ref: containerRef(request), force: query.bool('force'), volumes: query.bool('v') })
    return empty()
  },
}
