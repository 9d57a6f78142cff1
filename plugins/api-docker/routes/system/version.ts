import { json, type Route } from '../../server/route.ts'
import { versionShape } from '../../shapes/version.ts'

export const version: Route = {
  method: 'GET',
  path: '/version',
  async handle({ engine }) {
    return json(versionShape(await engine.system.version({})))
  },
}
