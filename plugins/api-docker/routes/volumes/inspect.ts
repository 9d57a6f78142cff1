import { json, type Route } from '../../server/route.ts'
import { volumeShape } from '../../shapes/volume.ts'

export const inspectVolume: Route = {
  method: 'GET',
  path: '/volumes/{name}',
  async handle({ vars, engine }) {
    return json(volumeShape(await engine.volumes.inspect({ name: vars['name'] ?? '' })))
  },
}
