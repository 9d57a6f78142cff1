import { hasCode, type Image } from '@moby/contracts'
import { imageInspect, since } from '../../compat/shapes.ts'
import { json, type ApiRequest, type Route } from '../../server/route.ts'
import { imageInspectShape } from '../../shapes/image.ts'
import { imageManifests } from '../../shapes/image-manifests.ts'
import { imageHistoryShape } from '../../shapes/image-history.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { requestedPlatforms } from '../../translate/requested-platform.ts'

export const inspectImage: Route = {
  method: 'GET',
  path: '/images/{name}/json',
  async handle(request) {
    const { query, version } = request
    const manifests = version >= since.inspectManifests && query.bool('manifests')
    if (manifests && version >= since.inspectPlatform && query.text('platform') !== '') {
      throw invalidRequest('conflicting options: manifests and platform options cannot both be set')
    }
    const image = await findImage(request, since.inspectPlatform, manifests)
    const shape = imageInspectShape(image)
    return json(imageInspect(version, manifests ? { ...shape, Manifests: imageManifests(image) } : shape))
  },
}

export const imageHistory: Route = {
  method: 'GET',
  path: '/images/{name}/history',
  async handle(request) {
    const image = await findImage(request, since.historyPlatform)
    return json(imageHistoryShape(image, await ancestorsOf(image, request)))
  },
}

/** The images that it was made of here, nearest first, as far as they are still there. */
async function ancestorsOf(image: Image, { engine }: ApiRequest): Promise<Image[]> {
  const found: Image[] = []
  let ref = image.parent
  // No more than there are steps to tell of.
  while (ref !== '' && found.length < image.history.length) {
    const parent = await engine.images.inspect({ ref }).catch(orNothing)
    if (parent === undefined) break
    found.push(parent)
    ref = parent.parent
  }
  return found
}

function orNothing(error: unknown): undefined {
  if (!hasCode(error, 'IMAGE_NOT_FOUND')) throw error
}

async function findImage(
  { vars, query, version, engine }: ApiRequest,
  platformSince: number,
  manifests = false,
): Promise<Image> {
  const ref = vars['name'] ?? ''
  const [platform] = version >= platformSince ? requestedPlatforms(query.all('platform').slice(0, 1)) : []
  return await engine.images.inspect({
    ref,
    ...(platform === undefined ? {} : { platform }),
    ...(manifests ? { manifests } : {}),
  })
}
