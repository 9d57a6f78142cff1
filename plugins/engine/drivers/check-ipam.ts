import { isIP } from 'node:net'
import { codedError } from '@moby/contracts'
import { addressBytes, addressText, parsePrefix } from '@moby/lib-linux'

/** Why an answer to `requestPool` is no pool of that family; undefined when it is one. */
export function poolFault(pool: string, v6: boolean): string | undefined {
  return familyOf(pool) === (v6 ? 6 : 4) ? undefined : `gave ${JSON.stringify(pool)}, which is no IPv${v6 ? 6 : 4} pool`
}

/**
 * Why an answer to `requestAddress` cannot be used; undefined when it can. `given` are the addresses of the pool that
 * are in use, in plain form. Pools of length 0 belong to drivers that manage no addresses, and have no rules.
 */
export function addressFault(
  answer: string,
  from: { readonly pool: string | undefined; readonly wanted: string | undefined; readonly given: ReadonlySet<string> },
): string | undefined {
  const { pool, wanted, given } = from
  const told = JSON.stringify(answer)
  if (familyOf(answer) === undefined) return `gave the address ${told}, which has no such form`
  const address = plainAddress(answer)
  if (wanted !== undefined && wanted !== '' && plainAddress(wanted) !== address) return `gave ${told} for ${wanted}`
  if (pool === undefined || parsePrefix(pool).length === 0) return undefined
  if (!contains(pool, address)) return `gave the address ${told}, which is not of its pool ${pool}`
  return given.has(address) ? `gave the address ${told} of the pool ${pool} a second time` : undefined
}

/** The address before the slash, in the one form that each has. */
export function plainAddress(text: string): string {
  return addressText(addressBytes(text.split('/')[0] ?? ''))
}

/** 4 or 6 for an address with its prefix length, undefined for anything else. */
export function familyOf(prefix: string): 4 | 6 | undefined {
  try {
    return parsePrefix(prefix).address.length === 4 ? 4 : 6
  } catch {
    return undefined
  }
}

/** What an address driver told is not used. */
export function ipamLie(driver: string, fault: string): Error {
  return codedError('DRIVER_LIED', `The address driver ${driver} ${fault}`, {
    hint: 'what it had given was handed back; see the log of the driver',
    details: { driver },
  })
}

function contains(pool: string, address: string): boolean {
  const { address: network, length } = parsePrefix(pool)
  const bytes = isIP(address) === 0 ? new Uint8Array() : addressBytes(address)
  if (bytes.length !== network.length) return false
  return network.every((byte, at) => {
    const bits = Math.max(0, Math.min(8, length - at * 8))
    const mask = 0xff & (0xff << (8 - bits))
    return (byte & mask) === ((bytes[at] ?? 0) & mask)
  })
}
