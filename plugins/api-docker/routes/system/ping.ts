import type { Route } from '../../server/route.ts'

const headers = {
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  // Without BuildKit; what a client builds, it builds in the classic way or in a container of its own.
  'builder-version': '1',
  swarm: 'inactive',
}

/** Clients ask this before every command, and read the headers. */
export const ping: Route = {
  method: 'GET',
  path: '/_ping',
  async handle() {
    return { kind: 'text', status: 200, body: 'OK', headers }
  },
}

export const headPing: Route = {
  method: 'HEAD',
  path: '/_ping',
  async handle() {
    return { kind: 'text', status: 200, body: '', headers: { ...headers, 'content-length': '0' } }
  },
}
