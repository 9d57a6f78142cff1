import type { Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'

/**
 * Builds with an id are those of BuildKit's own API, which end with their connection; the builder here gives none. So
 * there never is one of that id, and Docker answers that with success.
 */
export const cancelBuild: Route = {
  method: 'POST',
  path: '/build/cancel',
  async handle({ query }) {
    if (query.text('id') === '') throw invalidRequest('build ID not provided')
    return { kind: 'empty', status: 200 }
  },
}
