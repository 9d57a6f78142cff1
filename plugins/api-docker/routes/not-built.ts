import type { Route } from '../server/route.ts'
import { notImplemented } from '../wire/api-error.ts'

const operations: readonly (readonly [Route['method'], string, string])[] = [
  ['POST', '/build/cancel', 'cancelling a build'],
  ['HEAD', '/containers/{name}/archive', 'copying from a container'],
  ['GET', '/containers/{name}/archive', 'copying from a container'],
  ['PUT', '/containers/{name}/archive', 'copying into a container'],
  ['GET', '/containers/{name}/attach/ws', 'attaching over a WebSocket'],
  ['GET', '/containers/{name}/checkpoints', 'checkpoints'],
  ['POST', '/containers/{name}/checkpoints', 'checkpoints'],
  ['DELETE', '/containers/{name}/checkpoints/{checkpoint}', 'checkpoints'],
  ['PUT', '/volumes/{name}', 'updating a volume'],
]

/** Operations that Docker knows and this engine does not offer: an answer that says so, not a page that is missing. */
export const notBuilt: readonly Route[] = operations.map(([method, path, what]) => ({
  method,
  path,
  async handle() {
    throw notImplemented(what)
  },
}))
