import { exactNumber } from './exact-number.ts'

const largest = (1n << 64n) - 1n

/**
 * Counters for JSON: those beyond 2^53 with all their digits, since JavaScript writes such a number with zeros at its
 * end, and none beyond 64 bits, which clients in Go cannot read. The largest one stands for no limit.
 */
export function exactCounters(value: unknown): unknown {
  if (typeof value === 'number') return exact(value)
  if (Array.isArray(value)) return value.map(exactCounters)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, exactCounters(each)]))
}

function exact(value: number): unknown {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value
  const whole = BigInt(value)
  return exactNumber(whole > largest ? largest : whole)
}
