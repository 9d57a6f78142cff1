import { json, type Route } from '../../server/route.ts'
import { containerRef } from './container-ref.ts'

export const topContainer: Route = {
  method: 'GET',
  path: '/containers/{name}/top',
  async handle(request) {
    const psArguments = request.query.maybe('ps_args')
    const { titles, processes } = await request.engine.containers.top({
      ref: containerRef(request),
      ...(psArguments === undefined ? {} : { psArguments }),
    })
    return json({ Titles: titles, Processes: processes })
  },
}
