import { imageInspect } from '../../compat/shapes.ts'
import { json, type Route } from '../../server/route.ts'
import { imageHistoryShape, imageInspectShape } from '../../shapes/image.ts'

export const inspectImage: Route = {
  method: 'GET',
  path: '/images/{name}/json',
  async handle({ vars, version, engine }) {
    const image = await engine.images.inspect({ ref: vars['name'] ?? '' })
    return json(imageInspect(version, imageInspectShape(image)))
  },
}

export const imageHistory: Route = {
  method: 'GET',
  path: '/images/{name}/history',
  async handle({ vars, engine }) {
    return json(imageHistoryShape(await engine.images.inspect({ ref: vars['name'] ?? '' })))
  },
}
