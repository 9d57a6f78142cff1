import { containerInspect } from '../../compat/shapes.ts'
import { json, type Route } from '../../server/route.ts'
import { containerInspectShape } from '../../shapes/container-inspect.ts'
import { containerRef } from './container-ref.ts'

export const inspectContainer: Route = {
  method: 'GET',
  path: '/containers/{name}/json',
  async handle(request) {
    const { engine, query, version } = request
    const size = query.bool('size')
    const container = await engine.containers.inspect({ ref: containerRef(request), ...(size ? { size } : {}) })
    return json(containerInspect(version, containerInspectShape(container)))
  },
}
