import { since } from '../../compat/shapes.ts'
import { empty, type ApiRequest, type Route } from '../../server/route.ts'
import { containerRef } from './container-ref.ts'

export const stopContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/stop',
  async handle(request) {
    const { changed } = await request.engine.containers.stop({ ref: containerRef(request), ...stopOptions(request) })
    return empty(changed ? 204 : 304)
  },
}

export const restartContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/restart',
  async handle(request) {
    await request.engine.containers.restart({ ref: containerRef(request), ...stopOptions(request) })
    return empty()
  },
}

/** `t=0` kills at once and any negative number waits without end; only an absent one means the default. */
function stopOptions({ query, version }: ApiRequest): { timeoutSeconds?: number; signal?: string } {
  const seconds = query.integer('t')
  const signal = version >= since.stopSignal ? query.maybe('signal') : undefined
  return {
    ...(seconds === undefined ? {} : { timeoutSeconds: Math.max(seconds, -1) }),
    ...(signal === undefined ? {} : { signal }),
  }
}
