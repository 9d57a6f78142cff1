import type { Route } from '../../server/route.ts'
import { notImplemented } from '../../wire/api-error.ts'
import { progressAnswer } from './progress.ts'

export const loadImages: Route = {
  method: 'POST',
  path: '/images/load',
  async handle({ query, engine, body, signal }) {
    if (query.has('platform') && query.text('platform') !== '') throw notImplemented('loading one platform of an image')
    return await progressAnswer(engine.images.load({ quiet: query.bool('quiet', true) }, body, { signal }))
  },
}
