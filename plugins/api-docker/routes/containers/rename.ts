import { empty, type Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { containerRef } from './container-ref.ts'

export const renameContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/rename',
  async handle(request) {
    const name = request.query.text('name').replace(/^\//, '')
    if (name === '') throw invalidRequest('Neither old nor new names may be empty')
    await request.engine.containers.rename({ ref: containerRef(request), name })
    return empty()
  },
}
