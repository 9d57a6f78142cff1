import { empty, type Route } from '../../server/route.ts'
import { containerRef } from './container-ref.ts'

export const killContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/kill',
  async handle(request) {
    const signal = request.query.maybe('signal')
    await request.engine.containers.kill({ ref: containerRef(request), ...(signal === undefined ? {} : { signal }) })
    return empty()
  },
}
