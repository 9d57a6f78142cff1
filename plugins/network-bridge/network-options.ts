import { isIPv4, isIPv6 } from 'node:net'
import { codedError } from '@moby/contracts'
import { linkNameLimit } from './link-names.ts'

/**
 * How containers are reached from outside. `nat`: by published ports of the host; `nat-unprotected`: at every port of
 * their own addresses as well; `routed`: at published ports of their own addresses, and with these they go out; `isolated`:
 * not at all, and the host has no address on the network either.
 */
export type GatewayMode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated'

const gatewayModes: readonly GatewayMode[] = ['nat', 'nat-unprotected', 'routed', 'isolated']

/** What the options of a network ask for, under the keys of Docker's bridge driver. */
export interface NetworkOptions {
  /** Name of the bridge; one that exists already is used and never removed. */
  readonly bridge?: string
  /** Containers of the network may talk to each other. */
  readonly icc: boolean
  /** What leaves the network gets an address of the host. */
  readonly masquerade: boolean
  /** Where ports are published that name no address. */
  readonly hostBinding?: string
  /** Absent: nat. */
  readonly gatewayModeIpv4?: GatewayMode
  readonly gatewayModeIpv6?: GatewayMode
  /** The bridge does not get the IPv4 address of the gateway: somebody else has it. */
  readonly inhibitIpv4?: boolean
  /** Addresses of the host with which containers go out; absent: that of the link by which they do. */
  readonly sourceIpv4?: string
  readonly sourceIpv6?: string
  /** Links of the host by which published ports are reached at the containers' own addresses. */
  readonly trusted?: readonly string[]
  readonly mtu?: number
  /** Beginning of the link's name inside containers. */
  readonly linkPrefix: string
  readonly isDefault: boolean
}

type Reader = (value: string, key: string) => Partial<NetworkOptions>

const readers: Readonly<Record<string, Reader>> = {
  'com.docker.network.bridge.name': (value, key) => ({ bridge: linkName(value, key, linkNameLimit) }),
  'com.docker.network.bridge.enable_icc': (value, key) => ({ icc: truth(value, key) }),
  'com.docker.network.bridge.enable_ip_masquerade': (value, key) => ({ masquerade: truth(value, key) }),
  'com.docker.network.bridge.default_bridge': (value, key) => ({ isDefault: truth(value, key) }),
  'com.docker.network.bridge.host_binding_ipv4': (value, key) => {
    if (!isIPv4(value)) refuse(key, value, 'an IPv4 address')
    return { hostBinding: value }
  },
  'com.docker.network.bridge.gateway_mode_ipv4': (value, key) => ({ gatewayModeIpv4: gatewayMode(value, key) }),
  'com.docker.network.bridge.gateway_mode_ipv6': (value, key) => ({ gatewayModeIpv6: gatewayMode(value, key) }),
  'com.docker.network.bridge.inhibit_ipv4': (value, key) => ({ inhibitIpv4: truth(value, key) }),
  'com.docker.network.bridge.trusted_host_interfaces': (value, key) => ({
    trusted: value.split(':').map((name) => linkName(name, key, linkNameLimit)),
  }),
  'com.docker.network.host_ipv4': (value, key) => {
    if (!isIPv4(value)) refuse(key, value, 'an IPv4 address')
    return { sourceIpv4: value }
  },
  'com.docker.network.host_ipv6': (value, key) => {
    if (!isIPv6(value)) refuse(key, value, 'an IPv6 address')
    return { sourceIpv6: value }
  },
  'com.docker.network.driver.mtu': (value, key) => {
    const mtu = Number(value)
    if (!/^\d+$/.test(value) || mtu < 68 || mtu > 65_535) refuse(key, value, 'a number from 68 to 65535')
    return { mtu }
  },
  // A number follows: the rest of the name is left for it.
  'com.docker.network.container_iface_prefix': (value, key) => ({
    linkPrefix: linkName(value, key, linkNameLimit - 3),
  }),
}

/** Keys under which Docker repeats what the request says in fields of its own. */
const repeated = new Set([
  'com.docker.network.internal',
  'com.docker.network.enable_ipv4',
  'com.docker.network.enable_ipv6',
])

/** Whether the host is to have no address of a family on the network, by options that may be wrong otherwise. */
export function isIsolated(options: Readonly<Record<string, unknown>>, family: 4 | 6): boolean {
  return allOptions(options)[`com.docker.network.bridge.gateway_mode_ipv${family}`] === 'isolated'
}

function allOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const generic = options['com.docker.network.generic']
  return { ...options, ...(typeof generic === 'object' && generic !== null ? generic : {}) }
}

/** Fails with NETWORK_OPTION_INVALID for an unknown option or a value that cannot be. */
export function readNetworkOptions(name: string, options: Readonly<Record<string, unknown>>): NetworkOptions {
  const all = allOptions(options)
  let found: NetworkOptions = { icc: true, masquerade: true, linkPrefix: 'eth', isDefault: name === 'bridge' }
  for (const [key, value] of Object.entries(all)) {
    if (repeated.has(key) || key === 'com.docker.network.generic') continue
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined
    if (reader === undefined) {
      throw codedError('NETWORK_OPTION_INVALID', `Network ${name}: the driver bridge has no option ${key}`, {
        hint: `It has ${Object.keys(readers).join(', ')}.`,
      })
    }
    found = { ...found, ...reader(String(value), key) }
  }
  return found
}

function gatewayMode(value: string, key: string): GatewayMode {
  return gatewayModes.find((mode) => mode === value) ?? refuse(key, value, `one of ${gatewayModes.join(', ')}`)
}

function truth(value: string, key: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true
  if (/^(0|f|false)$/i.test(value)) return false
  return refuse(key, value, 'true or false')
}

function linkName(value: string, key: string, limit: number): string {
  if (value === '' || value.length > limit || /[\s/:"'\\]/.test(value) || value === '.' || value === '..') {
    refuse(key, value, `a name of 1 to ${limit} characters without blanks, quotes, slashes and colons`)
  }
  return value
}

function refuse(key: string, value: string, expected: string): never {
  throw codedError('NETWORK_OPTION_INVALID', `The network option ${key} cannot be '${value}'`, {
    hint: `Give it ${expected}.`,
  })
}
