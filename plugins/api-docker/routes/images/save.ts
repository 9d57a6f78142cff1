import { since } from '../../compat/shapes.ts'
import type { Answer, ApiRequest, Route } from '../../server/route.ts'
import { requestedPlatforms } from '../../translate/requested-platform.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { bytesAnswer } from '../bytes-answer.ts'

/** Several images in one archive. */
export const saveImages: Route = {
  method: 'GET',
  path: '/images/get',
  async handle(request) {
    const refs = request.query.all('names').filter((name) => name !== '')
    if (refs.length === 0) throw invalidRequest('no image is named: give names of images')
    return await save(request, refs)
  },
}

export const saveImage: Route = {
  method: 'GET',
  path: '/images/{name}/get',
  async handle(request) {
    return await save(request, [request.vars['name'] ?? ''])
  },
}

async function save({ query, version, engine, signal }: ApiRequest, refs: string[]): Promise<Answer> {
  const platforms = version >= since.archivePlatform ? requestedPlatforms(query.all('platform')) : []
  const request = { refs, ...(platforms.length === 0 ? {} : { platforms }) }
  return await bytesAnswer(engine.images.save(request, { signal }), 'application/x-tar')
}
