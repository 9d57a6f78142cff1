import { since, waitResult } from '../../compat/shapes.ts'
import { prime } from '../../server/prime.ts'
import type { Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { containerRef } from './container-ref.ts'

const conditions = ['not-running', 'next-exit', 'removed'] as const
type Condition = (typeof conditions)[number]

/** The head goes out as soon as the engine waits: clients start the container only then. */
export const waitContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/wait',
  async handle(request) {
    const { engine, query, version, signal } = request
    const condition = version >= since.waitCondition ? readCondition(query.text('condition')) : 'not-running'
    const rest = await prime(engine.containers.wait({ ref: containerRef(request), condition }, { signal }))
    return {
      kind: 'stream',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: (async function* () {
        for await (const { exitCode, error } of rest) {
          if (exitCode === undefined) continue
          const result = waitResult(version, exitCode, error === '' ? undefined : error)
          if (result !== undefined) yield `${JSON.stringify(result)}\n`
          return
        }
      })(),
    }
  },
}

function readCondition(written: string): Condition {
  if (written === '') return 'not-running'
  const condition = conditions.find((known) => known === written)
  if (condition === undefined) throw invalidRequest(`invalid condition: ${JSON.stringify(written)}`)
  return condition
}
