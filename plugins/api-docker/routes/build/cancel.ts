import type { BuildkitEnd } from '../../buildkit/buildkit-end.ts'
import type { Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'

/**
 * Ends a build that was asked for by `POST /build?version=2` with this id. Other builds have none: they end with their
 * connection. That there is none of the id Docker answers with success.
 */
export function cancelRoute(buildkit: BuildkitEnd): Route {
  return {
    method: 'POST',
    path: '/build/cancel',
    async handle({ query, allow }) {
      const id = query.text('id')
      if (id === '') throw invalidRequest('build ID not provided')
      await allow('builder.cancel', { id })
      buildkit.cancelArchive?.(id)
      return { kind: 'empty', status: 200 }
    },
  }
}
