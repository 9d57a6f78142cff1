import { VolumeCreate } from '../../schemas/volume.ts'
import { json, type Route } from '../../server/route.ts'
import { volumeShape } from '../../shapes/volume.ts'
import { noManager } from '../swarm/no-swarm.ts'

/** A volume of that name that exists already is success, and no name means an anonymous one. */
export const createVolume: Route = {
  method: 'POST',
  path: '/volumes/create',
  async handle({ json: body, engine }) {
    const given = (await body(VolumeCreate)) ?? {}
    if (given.ClusterVolumeSpec !== undefined) throw noManager()
    const volume = await engine.volumes.create({
      ...(given.Name ? { name: given.Name } : {}),
      ...(given.Driver ? { driver: given.Driver } : {}),
      ...(given.DriverOpts === undefined ? {} : { options: given.DriverOpts }),
      ...(given.Labels === undefined ? {} : { labels: given.Labels }),
    })
    return json(volumeShape(volume), 201)
  },
}
