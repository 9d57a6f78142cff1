import { codedError } from '@moby/contracts'
import type { Link } from '@moby/lib-linux'
import type { Host } from './host.ts'
import { macOf } from './link-names.ts'
import type { NetworkRecord } from './records.ts'

/** Gateway addresses of a network, without prefix length. */
export function gatewaysOf(record: NetworkRecord): { v4?: string; v6?: string } {
  const plain = (cidr: string | undefined) => cidr?.split('/')[0]
  const v4 = plain(record.ipv4.find((pool) => pool.gateway !== undefined)?.gateway)
  const v6 = plain(record.ipv6.find((pool) => pool.gateway !== undefined)?.gateway)
  return { ...(v4 === undefined ? {} : { v4 }), ...(v6 === undefined ? {} : { v6 }) }
}

/** Those of them that the host itself has on the bridge. */
export function hostAddressesOf(record: NetworkRecord): { v4?: string; v6?: string } {
  const { v4, v6 } = gatewaysOf(record)
  const { gatewayModeIpv4, gatewayModeIpv6, inhibitIpv4 = false } = record.options
  return {
    ...(v4 === undefined || inhibitIpv4 || gatewayModeIpv4 === 'isolated' ? {} : { v4 }),
    ...(v6 === undefined || gatewayModeIpv6 === 'isolated' ? {} : { v6 }),
  }
}

/** Makes the bridge of a network, or puts back what is missing of it. Answers its index. */
export function raiseBridge(host: Host, record: NetworkRecord): number {
  const { bridge, options } = record
  const index = findBridge(host, bridge)?.index ?? createBridge(host, record)
  host.change(`ipv6/conf/${bridge}/disable_ipv6`, record.ipv6.length > 0 ? '0' : '1')
  host.change(`ipv6/conf/${bridge}/accept_ra`, '0')
  const { v4, v6 } = hostAddressesOf(record)
  for (const { gateway } of [...(v4 === undefined ? [] : record.ipv4), ...(v6 === undefined ? [] : record.ipv6)]) {
    if (gateway !== undefined) host.route.addAddress(index, gateway)
  }
  if (options.mtu !== undefined) host.route.setMtu(index, options.mtu)
  host.route.setUp(index)
  // Published ports answer on 127.0.0.1 because packets from there may leave through the bridge.
  if (!record.internal) host.change(`ipv4/conf/${bridge}/route_localnet`, '1')
  return index
}

/** Lets the host forward packets at all; answers the settings that had to be changed for it. */
export function enableForwarding(host: Host, record: NetworkRecord): string[] {
  if (record.internal) return []
  const wanted = [
    ...(record.ipv4.length > 0 ? ['ipv4/ip_forward'] : []),
    ...(record.ipv6.length > 0 ? ['ipv6/conf/all/forwarding'] : []),
  ]
  if (wanted.some((name) => name.startsWith('ipv6') && host.setting(name) === '0')) keepRouterAdvertisements(host)
  return wanted.filter((name) => host.change(name, '1'))
}

/** A host that forwards IPv6 ignores router advertisements, unless its links are told to take them all the same. */
function keepRouterAdvertisements(host: Host): void {
  for (const link of host.route.links()) {
    const name = `ipv6/conf/${link.name}/accept_ra`
    if (host.setting(name) === '1') host.change(name, '2')
  }
}

/** The link of that name. Fails with NETWORK_OPTION_INVALID when it is no bridge. */
export function findBridge(host: Host, name: string): Link | undefined {
  const link = host.route.linkByName(name)
  if (link === undefined || link.kind === 'bridge') return link
  throw codedError('NETWORK_OPTION_INVALID', `The link ${name} of the host is no bridge`, {
    hint: 'Choose another com.docker.network.bridge.name.',
  })
}

function createBridge(host: Host, record: NetworkRecord): number {
  // Without an address of its own a bridge takes that of a port, which changes when containers come and go.
  return host.route.createBridge(record.bridge, {
    mac: macOf(gatewaysOf(record).v4, record.networkId),
    ...(record.options.mtu === undefined ? {} : { mtu: record.options.mtu }),
  })
}
