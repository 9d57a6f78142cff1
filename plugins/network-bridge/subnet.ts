import { parsePrefix } from '@moby/lib-linux'

/** Whether two prefixes, `10.1.0.0/16`, have addresses in common. */
export function subnetsOverlap(a: string, b: string): boolean {
  const first = parsePrefix(a)
  const second = parsePrefix(b)
  if (first.address.length !== second.address.length) return false
  const shared = Math.min(first.length, second.length)
  return first.address.every((byte, at) => {
    const bits = Math.min(8, Math.max(0, shared - at * 8))
    const mask = (0xff00 >> bits) & 0xff
    return (byte & mask) === ((second.address[at] ?? 0) & mask)
  })
}
