import { codedError, type EndpointInterface } from '@moby/contracts'
import type { LiveEndpoint } from '../containers/container-record.ts'
import { familyOf, plainAddress } from '../drivers/check-ipam.ts'

/**
 * Refuses what a network driver cannot have meant when it made an endpoint: an address or MAC address of no such form,
 * another one than it was given, or that of another endpoint of the network. Fails with DRIVER_LIED.
 */
export function checkEndpoint(
  driver: string,
  wish: EndpointInterface,
  told: EndpointInterface,
  others: readonly LiveEndpoint[],
): void {
  for (const [key, family] of [
    ['address', 4],
    ['addressIpv6', 6],
  ] as const) {
    const address = told[key]
    if (address === undefined || address === '') continue
    if (familyOf(address) !== family) throw lie(driver, `the IPv${family} address ${JSON.stringify(address)}`)
    const plain = plainAddress(address)
    const wanted = wish[key]
    if (wanted !== undefined && plainAddress(wanted) !== plain) throw lie(driver, `${address} in place of ${wanted}`)
    if (others.some((other) => other[key] !== '' && plainAddress(other[key]) === plain)) {
      throw lie(driver, `the address ${address} of another endpoint`)
    }
  }
  const mac = told.macAddress?.toLowerCase() ?? ''
  if (mac === '') return
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) throw lie(driver, `the MAC address ${JSON.stringify(mac)}`)
  const wanted = wish.macAddress?.toLowerCase() ?? mac
  if (wanted !== mac) throw lie(driver, `the MAC address ${mac} in place of ${wanted}`)
  if (others.some((other) => other.macAddress.toLowerCase() === mac)) {
    throw lie(driver, `the MAC address ${mac} of another endpoint`)
  }
}

function lie(driver: string, what: string): Error {
  return codedError('DRIVER_LIED', `The network driver ${driver} gave an endpoint ${what}`, {
    hint: 'the endpoint was taken away again; see the log of the driver',
    details: { driver },
  })
}
