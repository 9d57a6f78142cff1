import type { Image } from '@moby/contracts'
import { imageInspect, since } from '../../compat/shapes.ts'
import { json, type ApiRequest, type Route } from '../../server/route.ts'
import { imageHistoryShape, imageInspectShape } from '../../shapes/image.ts'
import { checkPlatform } from '../../translate/requested-platform.ts'

export const inspectImage: Route = {
  method: 'GET',
  path: '/images/{name}/json',
  async handle(request) {
    const image = await findImage(request, since.inspectPlatform)
    return json(imageInspect(request.version, imageInspectShape(image)))
  },
}

export const imageHistory: Route = {
  method: 'GET',
  path: '/images/{name}/history',
  async handle(request) {
    return json(imageHistoryShape(await findImage(request, since.historyPlatform)))
  },
}

async function findImage({ vars, query, version, engine }: ApiRequest, platformSince: number): Promise<Image> {
  const ref = vars['name'] ?? ''
  const image = await engine.images.inspect({ ref })
  if (version >= platformSince) checkPlatform(query.text('platform'), image, ref)
  return image
}
