import type { EndpointSpec } from '@moby/contracts'
import { isIP } from 'node:net'
import type { EndpointSettings } from '../schemas/networking.ts'
import { invalidRequest } from '../wire/api-error.ts'

/** What a client wants of a container's place in one network. */
export function toEndpoint(network: string, settings: EndpointSettings): EndpointSpec {
  const { IPv4Address: ipv4 = '', IPv6Address: ipv6 = '', LinkLocalIPs: linkLocal = [] } = settings.IPAMConfig ?? {}
  const noAddress = linkLocal.find((address) => isIP(address) === 0)
  if (noAddress !== undefined) throw invalidRequest(`invalid link-local IP address: ${noAddress}`)
  const mac = settings.MacAddress ?? ''
  if (mac !== '' && !/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac)) throw invalidRequest(`invalid MAC address: ${mac}`)
  return {
    network,
    ...(settings.Aliases?.length ? { aliases: settings.Aliases } : {}),
    ...(ipv4 === '' ? {} : { ipv4Address: ipv4 }),
    ...(ipv6 === '' ? {} : { ipv6Address: ipv6 }),
    ...(linkLocal.length > 0 ? { linkLocalAddresses: [...linkLocal] } : {}),
    ...(mac === '' ? {} : { macAddress: mac.replaceAll('-', ':').toLowerCase() }),
    ...(settings.Links?.length ? { links: settings.Links } : {}),
    ...(settings.DriverOpts === undefined ? {} : { driverOptions: settings.DriverOpts }),
    ...(settings.GwPriority ? { gatewayPriority: settings.GwPriority } : {}),
  }
}

/** The endpoints of a container to be: none where it shares or has no network of its own. */
export function toEndpoints(mode: string, settings: Readonly<Record<string, EndpointSettings>>): EndpointSpec[] {
  if (mode.startsWith('container:')) return []
  return Object.entries(settings).map(([network, endpoint]) => toEndpoint(network, endpoint))
}
