import { createHash } from 'node:crypto'

/** What the kernel allows (IFNAMSIZ without the final zero). */
export const linkNameLimit = 15

/** Name of the bridge of a network; `attempt` counts up when another has it. The predefined one is `moby-<instance>`. */
export function bridgeName(instanceId: string, networkId: string, isDefault: boolean, attempt = 0): string {
  if (isDefault) return `moby-${instanceId}`
  return `br${instanceId}${digits(`${networkId}/${attempt}`, linkNameLimit - 2 - instanceId.length)}`
}

/** All host ends of this instance's veth pairs begin with this. */
export function portPrefix(instanceId: string): string {
  return `v${instanceId}`
}

/** Names of both ends of an endpoint's veth pair while they are in the namespace of the host. */
export function vethNames(instanceId: string, networkId: string, endpointId: string): { port: string; inner: string } {
  const tail = digits(`${networkId}/${endpointId}`, linkNameLimit - 1 - instanceId.length)
  return { port: `${portPrefix(instanceId)}${tail}`, inner: `c${instanceId}${tail}` }
}

/** Docker's rule: 02:42 and the four bytes of the IPv4 address; without one, bytes that belong to the endpoint. */
export function macOf(address: string | undefined, endpointId: string): string {
  const bytes =
    address === undefined
      ? [...createHash('sha256').update(endpointId).digest().subarray(0, 4)]
      : (address.split('/')[0] ?? '').split('.').map(Number)
  return ['02', '42', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}

function digits(text: string, length: number): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return BigInt(`0x${hash}`).toString(36).padStart(length, '0').slice(-length)
}
