import { empty, type Route } from '../../server/route.ts'
import { terminalSize } from '../terminal-size.ts'
import { containerRef } from './container-ref.ts'

export const resizeContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/resize',
  async handle(request) {
    await request.engine.containers.resize({ ref: containerRef(request), ...terminalSize(request.query) })
    return empty(200)
  },
}
