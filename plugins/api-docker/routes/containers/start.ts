import { empty, type Route } from '../../server/route.ts'
import { invalidRequest, notImplemented } from '../../wire/api-error.ts'
import { containerRef } from './container-ref.ts'

export const startContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/start',
  async handle(request) {
    // An empty JSON value is at most 7 bytes; anything longer is a configuration from before 1.22.
    if (request.bodyLength === undefined || request.bodyLength > 7) {
      throw invalidRequest(
        'starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24',
      )
    }
    if (request.query.maybe('checkpoint') !== undefined) throw notImplemented('starting from a checkpoint')
    const { changed } = await request.engine.containers.start({ ref: containerRef(request) })
    return empty(changed ? 204 : 304)
  },
}
