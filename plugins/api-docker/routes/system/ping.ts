import type { Route } from '../../server/route.ts'

const headers = {
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  swarm: 'inactive',
}

/** The builder that clients are to prefer: 2 is BuildKit, 1 the classic one of `POST /build`. */
export type BuilderVersion = '1' | '2'

/** Clients ask this before every command, and read the headers. */
export function pingRoutes(builder: () => BuilderVersion): readonly Route[] {
  const own = () => ({ ...headers, 'builder-version': builder() })
  return [
    {
      method: 'GET',
      path: '/_ping',
      async handle() {
        return { kind: 'text', status: 200, body: 'OK', headers: own() }
      },
    },
    {
      method: 'HEAD',
      path: '/_ping',
      async handle() {
        return { kind: 'text', status: 200, body: '', headers: { ...own(), 'content-length': '0' } }
      },
    },
  ]
}
