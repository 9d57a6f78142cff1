import type { Route } from '../server/route.ts'
import { notImplemented } from '../wire/api-error.ts'

const operations: readonly (readonly [Route['method'], string, string])[] = [
  ['GET', '/containers/{name}/attach/ws', 'attaching over a WebSocket'],
]

/** Operations that Docker knows and this engine does not offer: an answer that says so, not a page that is missing. */
export const notBuilt: readonly Route[] = operations.map(([method, path, what]) => ({
  method,
  path,
  async handle() {
    throw notImplemented(what)
  },
}))
