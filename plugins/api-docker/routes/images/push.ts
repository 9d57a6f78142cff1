import { since } from '../../compat/shapes.ts'
import type { Route } from '../../server/route.ts'
import { readRegistryAuth } from '../../translate/registry-auth.ts'
import { requestedPlatforms } from '../../translate/requested-platform.ts'
import { joinTag } from './join-tag.ts'
import { progressAnswer } from '../progress-answer.ts'
import { progressShape } from './progress.ts'
import { answerAsDocker } from './registry-errors.ts'

/** Without a tag every tag is pushed. */
export const pushImage: Route = {
  method: 'POST',
  path: '/images/{name}/push',
  async handle({ vars, query, version, engine, headers, signal }) {
    const reference = joinTag(vars['name'] ?? '', query.text('tag')) ?? ''
    const [platform] = version >= since.pushPlatform ? requestedPlatforms(query.all('platform').slice(0, 1)) : []
    const credentials = readRegistryAuth(headers['x-registry-auth'])
    return await answerAsDocker(async () =>
      progressAnswer(
        engine.images.push(
          {
            reference,
            ...(platform === undefined ? {} : { platform }),
            ...(credentials === undefined ? {} : { credentials }),
          },
          { signal },
        ),
        progressShape,
      ),
    )
  },
}
