import { coverPrefix, overlap, sizeOf, type Prefix } from './prefix.ts'

/** A prefix that is divided into pools of one size. */
export interface PoolSource {
  readonly base: string
  /** Prefix length of each pool. */
  readonly size: number
}

/** Docker's predefined local pools: sixteen of /16 behind 172.16, then sixteen of /20. */
export const dockerPools: readonly PoolSource[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
]

/** The first pool of the sources that overlaps none of `taken`. No source is smaller than its pools. */
export function findFreePool(
  sources: readonly PoolSource[],
  bits: 32 | 128,
  taken: readonly Prefix[],
): Prefix | undefined {
  for (const source of sources) {
    const whole = coverPrefix(source.base)
    if (whole.bits !== bits) continue
    const step = 1n << BigInt(bits - source.size)
    const end = whole.base + sizeOf(whole)
    let base = whole.base
    while (base < end) {
      const candidate = { base, length: source.size, bits }
      const obstacle = taken.find((prefix) => overlap(prefix, candidate))
      if (obstacle === undefined) return candidate
      // Behind the obstacle, on the next border of a pool.
      const behind = obstacle.base + sizeOf(obstacle)
      base = behind + (-behind & (step - 1n))
    }
  }
  return undefined
}
