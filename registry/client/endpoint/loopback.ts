import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('fe80::', 10, 'ipv6')
// Where clouds keep the credentials of a machine, beside 169.254.169.254.
linkLocal.addAddress('fd00:ec2::254', 'ipv6')
linkLocal.addAddress('100.100.100.200', 'ipv4')
linkLocal.addAddress('0.0.0.0', 'ipv4')
linkLocal.addAddress('::', 'ipv6')

/** True for the names and addresses of this machine itself. `hostname` without port; IPv6 with or without brackets. */
export function isLoopback(hostname: string): boolean {
  const bare = withoutBrackets(hostname)
  return /^(?:.+\.)?localhost\.?$/i.test(bare) || matches(loopback, bare)
}

/** True for addresses of the link, where clouds serve secrets to their machines. */
export function isLinkLocal(hostname: string): boolean {
  return matches(linkLocal, withoutBrackets(hostname))
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

function matches(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
