import { NetworkConnect, NetworkDisconnect } from '../../schemas/networking.ts'
import { empty, type Route } from '../../server/route.ts'
import { toEndpoint } from '../../translate/endpoints.ts'
import { invalidRequest } from '../../wire/api-error.ts'

export const connectNetwork: Route = {
  method: 'POST',
  path: '/networks/{id}/connect',
  async handle({ vars, json, engine }) {
    const { Container: container = '', EndpointConfig: settings = {} } = (await json(NetworkConnect)) ?? {}
    if (container === '') throw invalidRequest('invalid container name or ID: value is empty')
    const ref = vars['id'] ?? ''
    await engine.networks.connect({ ref, container, endpoint: toEndpoint(ref, settings) })
    return empty(200)
  },
}

export const disconnectNetwork: Route = {
  method: 'POST',
  path: '/networks/{id}/disconnect',
  async handle({ vars, json, engine }) {
    const { Container: container = '', Force: force = false } = (await json(NetworkDisconnect)) ?? {}
    if (container === '') throw invalidRequest('invalid container name or ID: value is empty')
    await engine.networks.disconnect({ ref: vars['id'] ?? '', container, ...(force ? { force } : {}) })
    return empty(200)
  },
}
