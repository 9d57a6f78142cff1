import type { Route } from '../../server/route.ts'
import { invalidRequest, notImplemented } from '../../wire/api-error.ts'
import { noManager, noSwarm } from './no-swarm.ts'

const managed: readonly (readonly [Route['method'], string])[] = [
  ['GET', '/swarm'],
  ['GET', '/swarm/unlockkey'],
  ['POST', '/swarm/update'],
  ['POST', '/swarm/unlock'],
  ['GET', '/nodes'],
  ['GET', '/nodes/{id}'],
  ['DELETE', '/nodes/{id}'],
  ['POST', '/nodes/{id}/update'],
  ['GET', '/services'],
  ['POST', '/services/create'],
  ['GET', '/services/{id}'],
  ['DELETE', '/services/{id}'],
  ['POST', '/services/{id}/update'],
  ['GET', '/tasks'],
  ['GET', '/tasks/{id}'],
  ['GET', '/secrets'],
  ['POST', '/secrets/create'],
  ['GET', '/secrets/{id}'],
  ['DELETE', '/secrets/{id}'],
  ['POST', '/secrets/{id}/update'],
  ['GET', '/configs'],
  ['POST', '/configs/create'],
  ['GET', '/configs/{id}'],
  ['DELETE', '/configs/{id}'],
  ['POST', '/configs/{id}/update'],
]

/** The swarm family of an engine without swarm: every answer is a clear no. */
export const swarmRoutes: readonly Route[] = [
  ...['/services/{id}/logs', '/tasks/{id}/logs'].map((path): Route => ({
    method: 'GET',
    path,
    async handle({ query }) {
      if (!query.bool('stdout') && !query.bool('stderr')) {
        throw invalidRequest('Bad parameters: you must choose at least one stream')
      }
      throw noManager()
    },
  })),
  ...managed.map(([method, path]): Route => ({
    method,
    path,
    async handle() {
      throw noManager()
    },
  })),
  {
    method: 'POST',
    path: '/swarm/leave',
    async handle() {
      throw noSwarm()
    },
  },
  ...['init', 'join'].map((verb): Route => ({
    method: 'POST',
    path: `/swarm/${verb}`,
    async handle() {
      throw notImplemented(`swarm ${verb}`)
    },
  })),
]
