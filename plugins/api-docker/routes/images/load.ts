import { since } from '../../compat/shapes.ts'
import type { Route } from '../../server/route.ts'
import { requestedPlatforms } from '../../translate/requested-platform.ts'
import { progressAnswer } from '../progress-answer.ts'
import { progressShape } from './progress.ts'

export const loadImages: Route = {
  method: 'POST',
  path: '/images/load',
  async handle({ query, version, engine, body, signal }) {
    const platforms = version >= since.archivePlatform ? requestedPlatforms(query.all('platform')) : []
    const request = { quiet: query.bool('quiet', true), ...(platforms.length === 0 ? {} : { platforms }) }
    return await progressAnswer(engine.images.load(request, body, { signal }), progressShape)
  },
}
