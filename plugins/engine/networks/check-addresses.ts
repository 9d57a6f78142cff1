import { codedError, type EndpointSpec } from '@moby/contracts'
import { BlockList, isIP } from 'node:net'
import type { NetworkRecord } from './network-record.ts'

/**
 * Refuses addresses that a container cannot have on a network: they must lie in a subnet that the network was
 * configured with, since one that the engine chose may be another tomorrow. Fails with ADDRESS_OUTSIDE_POOL, in Docker's
 * words.
 */
export function checkAddresses({ spec }: Pick<NetworkRecord, 'spec'>, endpoint: EndpointSpec): void {
  for (const [family, address] of [
    [4, endpoint.ipv4Address],
    [6, endpoint.ipv6Address],
  ] as const) {
    // What is no address is refused by who reads it.
    if (address === undefined || isIP(address) !== family) continue
    const subnets = (spec.ipam ?? []).flatMap(({ subnet }) => (isIP(hostOf(subnet)) === family ? [subnet ?? ''] : []))
    if (subnets.length === 0) {
      throw refused(
        'user specified IP address is supported only when connecting to networks with user configured subnets',
      )
    }
    if (!isIn(subnets, address, family)) {
      throw refused(`no configured subnet or ip-range contain the IP address ${address}`)
    }
  }
}

function isIn(subnets: readonly string[], address: string, family: 4 | 6): boolean {
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  for (const subnet of subnets) list.addSubnet(hostOf(subnet), Number(subnet.split('/')[1]), type)
  return list.check(address, type)
}

function hostOf(subnet: string | undefined): string {
  return subnet?.split('/')[0] ?? ''
}

function refused(why: string) {
  return codedError('ADDRESS_OUTSIDE_POOL', `invalid endpoint settings:\n${why}`)
}
