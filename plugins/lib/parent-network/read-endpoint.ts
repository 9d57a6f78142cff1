import { createHash } from 'node:crypto'
import { codedError, type RequestOf, type networkDriver } from '@moby/contracts'
import type { ChildKind } from './parent-options.ts'
import type { EndpointRecord } from './parent-records.ts'

const linkNameOption = 'com.docker.network.endpoint.ifname'

/** Docker sends ports in options as well as in fields. */
const repeated = new Set(['com.docker.network.endpoint.exposedports', 'com.docker.network.portmap'])

/**
 * The record of an endpoint to be. Links of the kind ipvlan have the hardware address of their parent. Fails with
 * NETWORK_OPTION_INVALID or ADDRESS_IN_USE.
 */
export function readEndpoint(
  kind: ChildKind,
  request: RequestOf<typeof networkDriver, 'createEndpoint'>,
  others: readonly EndpointRecord[],
): EndpointRecord {
  const { networkId, endpointId, options } = request
  const { address, addressIpv6, macAddress = '' } = request.interface
  for (const other of others) {
    const taken = [address, addressIpv6].find(
      (one) => one !== undefined && (one === other.address || one === other.addressIpv6),
    )
    if (taken === undefined) continue
    throw codedError('ADDRESS_IN_USE', `Address already in use: ${taken}`, {
      details: { address: taken, endpointId: other.endpointId },
    })
  }
  if (kind === 'ipvlan' && macAddress !== '') {
    throw codedError('NETWORK_OPTION_INVALID', 'ipvlan interfaces do not support custom mac address assignment')
  }
  const unknown = Object.keys(options).find((key) => key !== linkNameOption && !repeated.has(key))
  if (unknown !== undefined) {
    throw codedError('NETWORK_OPTION_INVALID', `Endpoint ${endpointId}: the driver ${kind} has no option ${unknown}`, {
      hint: `It has ${linkNameOption}.`,
    })
  }
  const linkName = readLinkName(endpointId, options[linkNameOption])
  const mac = kind === 'ipvlan' ? undefined : macAddress === '' ? macOf(address, endpointId) : checkMac(macAddress)
  return {
    networkId,
    endpointId,
    ...(address === undefined ? {} : { address }),
    ...(addressIpv6 === undefined ? {} : { addressIpv6 }),
    ...(mac === undefined ? {} : { macAddress: mac }),
    ...(linkName === undefined ? {} : { linkName }),
  }
}

function readLinkName(endpointId: string, name: unknown): string | undefined {
  if (name === undefined) return undefined
  if (typeof name === 'string' && /^[^\s/:]{1,15}$/.test(name) && !['.', '..', 'lo'].includes(name)) return name
  throw codedError('NETWORK_OPTION_INVALID', `Endpoint ${endpointId}: ${linkNameOption} cannot be '${String(name)}'`)
}

function checkMac(mac: string): string {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) return mac.toLowerCase()
  throw codedError('NETWORK_OPTION_INVALID', `'${mac}' is not a MAC address`, {
    hint: 'Write it as 02:42:ac:11:00:02.',
  })
}

/** Docker's rule: 02:42 and the four bytes of the IPv4 address; without one, bytes that belong to the endpoint. */
function macOf(address: string | undefined, endpointId: string): string {
  const bytes =
    address === undefined
      ? [...createHash('sha256').update(endpointId).digest().subarray(0, 4)]
      : (address.split('/')[0] ?? '').split('.').map(Number)
  return ['02', '42', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}
