import { isIPv4 } from 'node:net'

/** What a plugin answers to ADD, from version 0.3.0 on. */
export interface CniResult {
  readonly cniVersion?: string
  readonly interfaces?: readonly { readonly name?: string; readonly mac?: string; readonly sandbox?: string }[]
  readonly ips?: readonly { readonly address?: string; readonly gateway?: string; readonly interface?: number }[]
  readonly dns?: { readonly nameservers?: readonly string[]; readonly search?: readonly string[] }
}

/** The container's side of a result. */
export interface Attached {
  readonly address?: string
  readonly addressIpv6?: string
  readonly gateway?: string
  readonly gatewayIpv6?: string
  readonly macAddress?: string
}

/** Addresses of a link in a sandbox: the first of each family. Those that name no link are of this one. */
export function attachedAs(result: CniResult, link: string): Attached {
  const interfaces = result.interfaces ?? []
  const at = interfaces.findIndex(({ name, sandbox }) => name === link && (sandbox ?? '') !== '')
  const own = (result.ips ?? []).filter((ip) => ip.interface === undefined || ip.interface === at || at === -1)
  const first = (isWanted: (address: string) => boolean) =>
    own.find(({ address = '' }) => isWanted(address.split('/')[0] ?? ''))
  const v4 = first(isIPv4)
  const v6 = first((address) => address.includes(':'))
  const mac = interfaces[at]?.mac
  return {
    ...(v4?.address === undefined ? {} : { address: v4.address }),
    ...(v4?.gateway === undefined ? {} : { gateway: v4.gateway }),
    ...(v6?.address === undefined ? {} : { addressIpv6: v6.address }),
    ...(v6?.gateway === undefined ? {} : { gatewayIpv6: v6.gateway }),
    ...(mac === undefined || mac === '' ? {} : { macAddress: mac.toLowerCase() }),
  }
}
