import { json, type Route } from '../../server/route.ts'
import { readRegistryAuth } from '../../translate/registry-auth.ts'
import { exactNumber } from '../../wire/exact-number.ts'
import { answerAsDocker } from '../images/registry-errors.ts'

/** What a reference names at its registry, before anything is pulled. */
export const inspectDistribution: Route = {
  method: 'GET',
  path: '/distribution/{name}/json',
  async handle({ vars, engine, headers, signal }) {
    const credentials = readRegistryAuth(headers['x-registry-auth'])
    return await answerAsDocker(
      async () => {
        const found = await engine.distribution.inspect(
          { reference: vars['name'] ?? '', ...(credentials === undefined ? {} : { credentials }) },
          { signal },
        )
        return json({
          Descriptor: { mediaType: found.mediaType, digest: found.digest, size: exactNumber(found.size) },
          Platforms: found.platforms.map(({ os, architecture, variant, osVersion, osFeatures }) => ({
            architecture,
            os,
            ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
            ...(osFeatures === undefined ? {} : { 'os.features': osFeatures }),
            ...(variant === undefined ? {} : { variant }),
          })),
        })
      },
      { denied: 403 },
    )
  },
}
