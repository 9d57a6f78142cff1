import { empty, type Route } from '../../server/route.ts'
import { containerRef } from './container-ref.ts'

export const pauseContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/pause',
  async handle(request) {
    await request.engine.containers.pause({ ref: containerRef(request) })
    return empty()
  },
}

export const unpauseContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/unpause',
  async handle(request) {
    await request.engine.containers.unpause({ ref: containerRef(request) })
    return empty()
  },
}
