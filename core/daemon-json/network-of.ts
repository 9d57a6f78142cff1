import { isIP, isIPv4 } from 'node:net'

/** What an address with a length of prefix says: `192.168.1.5/24` is in 192.168.1.0/24. Undefined for what is none. */
export function networkOf(text: string): { readonly address: string; readonly subnet: string } | undefined {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const length = Number(digits)
  if (isIP(address) === 0 || digits === '' || length > (isIPv4(address) ? 32 : 128)) return undefined
  // Who allocates from a prefix of IPv6 masks it; there it need not be done here.
  if (!isIPv4(address)) return { address, subnet: text }
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const step = 2 ** (32 - length)
  const base = Math.floor(number / step) * step
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256)
  return { address, subnet: `${parts.join('.')}/${length}` }
}
