import { codedError } from '@moby/contracts'
import type { Route } from '../../server/route.ts'

/** Only volumes of a swarm can be changed, and here is none. */
export const updateVolume: Route = {
  method: 'PUT',
  path: '/volumes/{name}',
  async handle() {
    throw codedError('API_NO_SWARM', 'volume update only valid for cluster volumes, but swarm is unavailable')
  },
}
