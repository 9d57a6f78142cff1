import { isIPv4, isIPv6 } from 'node:net'
import { codedError } from '@moby/contracts/errors'

/** The 4 or 16 bytes of an address in network order. */
export function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number)
  if (!isIPv6(address) || address.includes('%')) {
    throw codedError('ADDRESS_INVALID', `'${address}' is not an IP address`)
  }
  let text = address
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted?.[2] !== undefined) {
    const [a = 0, b = 0, c = 0, d = 0] = dotted[2].split('.').map(Number)
    text = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  }
  const [head = '', tail] = text.split('::')
  const words = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)))
  const front = words(head)
  const back = tail === undefined ? [] : words(tail)
  const all = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]))
}

/** Text of 4 or 16 bytes in network order; IPv6 in the form of RFC 5952. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const words: string[] = []
  for (let at = 0; at < 16; at += 2) words.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16))
  let best: [start: number, length: number] = [0, 0]
  for (let at = 0; at < 8; at++) {
    let end = at
    while (words[end] === '0') end++
    if (end - at > best[1]) best = [at, end - at]
  }
  if (best[1] < 2) return words.join(':')
  return `${words.slice(0, best[0]).join(':')}::${words.slice(best[0] + best[1]).join(':')}`
}

export interface AddressPrefix {
  readonly address: Uint8Array
  /** Length of the prefix in bits. */
  readonly length: number
}

/** Reads `10.1.0.2/16`; host bits are kept. */
export function parsePrefix(text: string): AddressPrefix {
  const [address = '', length = '', ...rest] = text.split('/')
  const bytes = addressBytes(address)
  const bits = Number(length)
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || bits > bytes.length * 8) {
    throw codedError('ADDRESS_INVALID', `'${text}' is not an address with prefix length`)
  }
  return { address: bytes, length: bits }
}
