import { since } from '../../compat/shapes.ts'
import type { Answer, ApiRequest, Route } from '../../server/route.ts'
import { readPlatform } from '../../translate/platform.ts'
import { invalidRequest, notImplemented } from '../../wire/api-error.ts'
import { joinTag } from './join-tag.ts'
import { progressAnswer } from './progress.ts'

/** Pull and import, which share a path in Docker. */
export const createImage: Route = {
  method: 'POST',
  path: '/images/create',
  async handle(request) {
    const image = request.query.text('fromImage')
    if (image === '') return await importImage(request)
    const tag = request.query.text('tag')
    const separator = tag.includes(':') ? '@' : ':'
    const reference = tag === '' ? image : `${image}${separator}${tag}`
    throw notImplemented(`pulling an image (${reference})`, 'Load it with docker load or docker import.')
  },
}

async function importImage({ query, version, engine, body, signal }: ApiRequest): Promise<Answer> {
  const source = query.text('fromSrc')
  if (source === '') throw invalidRequest('either fromImage or fromSrc must be given')
  if (source !== '-') throw notImplemented(`importing from ${source}`, 'Give the archive itself: docker import -')
  const reference = joinTag(query.text('repo'), query.text('tag'))
  const platform = version >= since.importPlatform ? readPlatform(query.text('platform')) : undefined
  const changes = query.all('changes').filter((change) => change !== '')
  return await progressAnswer(
    engine.images.import(
      {
        ...(reference === undefined ? {} : { reference }),
        message: query.maybe('message') ?? `Imported from ${source}`,
        ...(changes.length === 0 ? {} : { changes }),
        ...(platform === undefined ? {} : { platform }),
      },
      body,
      { signal },
    ),
  )
}
