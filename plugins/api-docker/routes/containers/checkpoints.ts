import { codedError } from '@moby/contracts'
import type { Route } from '../../server/route.ts'

const disabled =
  'This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to enable it.'

/** Checkpoints, as an engine without experimental features answers them. */
export const checkpointRoutes: readonly Route[] = (
  [
    ['GET', '/containers/{name}/checkpoints'],
    ['POST', '/containers/{name}/checkpoints'],
    ['DELETE', '/containers/{name}/checkpoints/{checkpoint}'],
  ] as const
).map(([method, path]) => ({
  method,
  path,
  async handle() {
    throw codedError('API_NOT_IMPLEMENTED', disabled)
  },
}))
