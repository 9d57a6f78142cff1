import { since } from '../../compat/shapes.ts'
import { prime } from '../../server/prime.ts'
import type { Route } from '../../server/route.ts'
import { statsShape } from '../../shapes/stats.ts'
import { exactCounters } from '../../wire/exact-counters.ts'
import { containerRef } from './container-ref.ts'

export const containerStats: Route = {
  method: 'GET',
  path: '/containers/{name}/stats',
  async handle(request) {
    const { engine, query, version, signal } = request
    const stream = query.bool('stream', true)
    const oneShot = version >= since.oneShot && query.bool('one-shot')
    const readings = engine.containers.stats({ ref: containerRef(request), stream, oneShot }, { signal })
    const rest = await prime(readings)
    return {
      kind: 'stream',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: (async function* () {
        for await (const reading of rest) {
          yield `${JSON.stringify(exactCounters(statsShape(reading)))}\n`
          if (!stream) return
        }
      })(),
    }
  },
}
