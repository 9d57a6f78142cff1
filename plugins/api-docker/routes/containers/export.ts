import type { Route } from '../../server/route.ts'
import { bytesAnswer } from '../bytes-answer.ts'
import { containerRef } from './container-ref.ts'

export const exportContainer: Route = {
  method: 'GET',
  path: '/containers/{name}/export',
  async handle(request) {
    const bytes = request.engine.containers.export({ ref: containerRef(request) }, { signal: request.signal })
    return await bytesAnswer(bytes, 'application/octet-stream')
  },
}
