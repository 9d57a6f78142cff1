import type { EndpointRecord } from '../containers/container-record.ts'
import type { NetworkStore } from './network-store.ts'

export const families = ['ipv4', 'ipv6'] as const
export type Family = (typeof families)[number]

/** Ids of the networks by which a container goes out, each family by its own. */
export type WaysOut = Readonly<Partial<Record<Family, string>>>

/** By which of its networks a container goes out. */
export function chooseWaysOut(endpoints: readonly EndpointRecord[], networks: NetworkStore): WaysOut {
  const ordered = byWayOut(endpoints, networks)
  const first = (family: Family) => ordered.find(({ networkId }) => leadsOut(networkId, family, networks))?.networkId
  const [ipv4, ipv6] = [first('ipv4'), first('ipv6')]
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) }
}

/** The same of those that it is on now. */
export function currentWaysOut(
  { endpoints }: { endpoints: readonly EndpointRecord[] },
  networks: NetworkStore,
): WaysOut {
  return chooseWaysOut(
    endpoints.filter(({ live }) => live !== undefined),
    networks,
  )
}

/** The network at which the ports of a container are published. */
export function networkOfPorts({ ipv4, ipv6 }: WaysOut): string | undefined {
  return ipv4 ?? ipv6
}

/** Families that go out by a network. */
export function familiesBy(networkId: string, ways: WaysOut): Family[] {
  return families.filter((family) => ways[family] === networkId)
}

/**
 * In the order in which they would be the way out, by the rules of dockerd 28: first those that lead out with both
 * families, then by priority, then by the network's name. Those that lead nowhere are last.
 */
export function byWayOut(endpoints: readonly EndpointRecord[], networks: NetworkStore): EndpointRecord[] {
  const count = ({ networkId }: EndpointRecord) =>
    families.filter((family) => leadsOut(networkId, family, networks)).length
  const rank = (endpoint: EndpointRecord) => (mayLeave(endpoint.networkId, networks) ? count(endpoint) : -1)
  const priority = ({ spec }: EndpointRecord) => spec.gatewayPriority ?? 0
  const name = ({ networkId }: EndpointRecord) => networks.get(networkId)?.name ?? ''
  return endpoints.toSorted((a, b) => rank(b) - rank(a) || priority(b) - priority(a) || (name(a) < name(b) ? -1 : 1))
}

/** Whether a network leads out of the host at all; an internal one does not. */
export function mayLeave(networkId: string, networks: NetworkStore): boolean {
  return networks.get(networkId)?.spec.internal !== true
}

function leadsOut(networkId: string, family: Family, networks: NetworkStore): boolean {
  const network = networks.get(networkId)
  if (network === undefined || !mayLeave(networkId, networks)) return false
  return family === 'ipv4' ? network.enableIpv4 : network.enableIpv6
}
