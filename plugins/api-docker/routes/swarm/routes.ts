import type { Route } from '../../server/route.ts'
import { invalidRequest, notImplemented } from '../../wire/api-error.ts'
import { fields, text } from '../../wire/decode.ts'
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
  {
    method: 'POST',
    path: '/swarm/init',
    async handle() {
      throw notImplemented('swarm init')
    },
  },
  {
    method: 'POST',
    path: '/swarm/join',
    async handle(request) {
      const { JoinToken = '' } = (await request.json(JoinRequest)) ?? {}
      // Version, digest of the swarm's authority, secret: a mistake in it is told before what this engine lacks.
      if (!/^SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}$/.test(JoinToken)) throw invalidRequest('invalid join token')
      throw notImplemented('swarm join')
    },
  },
]

const JoinRequest = fields({ JoinToken: text })
