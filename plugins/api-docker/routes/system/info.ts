import { info as adjustInfo } from '../../compat/shapes.ts'
import { json, type Route } from '../../server/route.ts'
import { infoShape } from '../../shapes/info.ts'

/** `authorizers` names the drivers that are asked before an operation, in their order. */
export function infoRoute(authorizers: () => readonly string[]): Route {
  return {
    method: 'GET',
    path: '/info',
    async handle({ version, engine, trusted }) {
      const [info, engineVersion] = await Promise.all([engine.system.info({}), trusted.system.version({})])
      const shape = infoShape(info, { serverVersion: engineVersion.version, authorizers: authorizers() })
      return json(adjustInfo(version, shape))
    },
  }
}
