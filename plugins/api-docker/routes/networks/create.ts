import type { NetworkSpec } from '@moby/contracts'
import { adjustNetworkCreate } from '../../compat/requests.ts'
import { NetworkCreate } from '../../schemas/networking.ts'
import { json, type Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'

export const createNetwork: Route = {
  method: 'POST',
  path: '/networks/create',
  async handle({ version, json: body, engine }) {
    const given = adjustNetworkCreate(version, (await body(NetworkCreate)) ?? {})
    const { id, warning } = await engine.networks.create({ spec: toNetworkSpec(given) })
    return json({ Id: id, Warning: warning }, 201)
  },
}

/** Nothing of the engine's own is added to the options: clients compare them with what they asked for. */
function toNetworkSpec(given: NetworkCreate): NetworkSpec {
  checkOffered(given)
  const pools = given.IPAM?.Config?.map((pool) => ({
    ...(pool.Subnet ? { subnet: pool.Subnet } : {}),
    ...(pool.IPRange ? { range: pool.IPRange } : {}),
    ...(pool.Gateway ? { gateway: pool.Gateway } : {}),
    ...(pool.AuxiliaryAddresses === undefined ? {} : { auxAddresses: pool.AuxiliaryAddresses }),
  })).filter((pool) => Object.keys(pool).length > 0)
  return {
    name: given.Name ?? '',
    ...(given.Driver ? { driver: given.Driver } : {}),
    ...(given.Internal === true ? { internal: true } : {}),
    ...(given.Attachable === true ? { attachable: true } : {}),
    ...(given.EnableIPv4 === undefined ? {} : { enableIpv4: given.EnableIPv4 }),
    ...(given.EnableIPv6 === undefined ? {} : { enableIpv6: given.EnableIPv6 }),
    ...(given.Options === undefined ? {} : { options: given.Options }),
    ...(given.Labels === undefined ? {} : { labels: given.Labels }),
    ...(given.IPAM?.Driver ? { ipamDriver: given.IPAM.Driver } : {}),
    ...(given.IPAM?.Options === undefined ? {} : { ipamOptions: given.IPAM.Options }),
    ...(given.ConfigOnly === true ? { configOnly: true } : {}),
    ...(given.ConfigFrom?.Network ? { configFrom: given.ConfigFrom.Network } : {}),
    ...(pools === undefined || pools.length === 0 ? {} : { ipam: pools }),
  }
}

function checkOffered(given: NetworkCreate): void {
  if (given.Ingress === true) throw invalidRequest('Ingress network can only be global scope network')
  const scope = given.Scope ?? ''
  if (scope !== '' && scope !== 'local') throw invalidRequest(`invalid network scope ${JSON.stringify(scope)}`)
}
