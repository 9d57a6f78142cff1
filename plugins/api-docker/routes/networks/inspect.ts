import { codedError } from '@moby/contracts'
import { json, type Route } from '../../server/route.ts'
import { networkShape } from '../../shapes/network.ts'

export const inspectNetwork: Route = {
  method: 'GET',
  path: '/networks/{id}',
  async handle({ vars, query, engine }) {
    const ref = vars['id'] ?? ''
    const network = await engine.networks.inspect({ ref })
    const scope = query.maybe('scope')
    if (scope !== undefined && scope !== network.scope) {
      throw codedError('NETWORK_NOT_KNOWN', `network ${ref} not found`)
    }
    return json(networkShape(network, true))
  },
}
