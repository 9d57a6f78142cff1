/** An address or prefix as a number, so that checks can compare. */
export interface Prefix {
  readonly v6: boolean
  readonly address: bigint
  readonly length: number
}

/** Reads `10.0.0.1/24`, `fd00::1/64` or an address alone. Fails for anything else. */
export function parsePrefix(text: string): Prefix {
  const [address = '', length] = text.split('/')
  const v6 = address.includes(':')
  const bits = v6 ? 128 : 32
  return { v6, address: v6 ? parseV6(address) : parseV4(address), length: length === undefined ? bits : Number(length) }
}

/** First and last address of the prefix. */
export function rangeOf({ v6, address, length }: Prefix): { first: bigint; last: bigint } {
  const rest = BigInt((v6 ? 128 : 32) - length)
  const first = (address >> rest) << rest
  return { first, last: first + (1n << rest) - 1n }
}

/** Whether `inner` lies in `outer`. */
export function contains(outer: string, inner: string): boolean {
  const range = rangeOf(parsePrefix(outer))
  const { address } = parsePrefix(inner)
  return parsePrefix(outer).v6 === parsePrefix(inner).v6 && address >= range.first && address <= range.last
}

/** Whether two prefixes have an address in common. */
export function overlap(a: string, b: string): boolean {
  const left = rangeOf(parsePrefix(a))
  const right = rangeOf(parsePrefix(b))
  return parsePrefix(a).v6 === parsePrefix(b).v6 && left.first <= right.last && right.first <= left.last
}

let nextSubnet = Math.floor(Math.random() * 400)

/** An IPv4 prefix of 256 addresses in 198.18.0.0/15, which RFC 2544 keeps free for tests; another at every call. */
export function freshSubnet(): { pool: string; address: (host: number) => string } {
  const at = nextSubnet++ % 512
  const base = `198.${18 + (at >> 8)}.${at & 255}`
  return { pool: `${base}.0/24`, address: (host) => `${base}.${host}` }
}

/** An IPv6 prefix of 64 bits in fd00::/8, by chance, which RFC 4193 leaves to whoever wants one. */
export function freshSubnetV6(): { pool: string; address: (host: number) => string } {
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(Math.random() * 16).toString(16)).join('')
  const base = `fd${digits(2)}:1${digits(3)}:2${digits(3)}:3${digits(3)}`
  return { pool: `${base}::/64`, address: (host) => `${base}::${host.toString(16)}` }
}

function parseV4(text: string): bigint {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) {
    throw new Error(`${text} is no IPv4 address`)
  }
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function parseV6(text: string): bigint {
  const [head = '', tail] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0')
  const all = [...before, ...zeros, ...after]
  if (all.length !== 8 || all.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) {
    throw new Error(`${text} is no IPv6 address`)
  }
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}
