import type { NetworkSpec } from '@moby/contracts'

/** What the configuration says of the predefined network `bridge`. */
export interface BridgeConfig {
  readonly subnet?: string | undefined
  readonly gateway?: string | undefined
  /** Part of the subnet that containers get addresses of. */
  readonly range?: string | undefined
  readonly ipv6?: boolean | undefined
  readonly subnetIpv6?: string | undefined
  readonly mtu?: number | undefined
  readonly icc?: boolean | undefined
  readonly masquerade?: boolean | undefined
  /** Address of the host for ports that are published without one. */
  readonly hostBinding?: string | undefined
}

/** That network as if a user had asked for it. */
export function bridgeSpec(bridge: BridgeConfig): NetworkSpec {
  const { subnet, gateway, range, subnetIpv6 } = bridge
  const ipam = [
    ...((subnet ?? gateway ?? range) ? [{ ...given({ subnet: subnet ?? range, gateway, range }) }] : []),
    ...(subnetIpv6 === undefined ? [] : [{ subnet: subnetIpv6 }]),
  ]
  const options = given({
    'com.docker.network.driver.mtu': bridge.mtu?.toString(),
    'com.docker.network.bridge.enable_icc': bridge.icc?.toString(),
    'com.docker.network.bridge.enable_ip_masquerade': bridge.masquerade?.toString(),
    'com.docker.network.bridge.host_binding_ipv4': bridge.hostBinding,
  })
  return {
    name: 'bridge',
    ...(bridge.ipv6 === true ? { enableIpv6: true } : {}),
    ...(ipam.length === 0 ? {} : { ipam }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  }
}

function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  ) as Record<string, string>
}
