import { codedError } from '@moby/contracts'
import { addressBytes, addressText, parsePrefix } from '@moby/lib-linux/address'

/** A network prefix; `base` has its host bits cleared. */
export interface Prefix {
  readonly base: bigint
  /** Prefix length. */
  readonly length: number
  /** Bits of an address: 32 or 128. */
  readonly bits: 32 | 128
}

/** Reads `10.1.0.0/16`. Fails with POOL_INVALID, also when host bits are set. */
export function readPrefix(text: string): Prefix {
  try {
    const { address, length } = parsePrefix(text)
    const bits = address.length === 4 ? 32 : 128
    const value = numberOf(address)
    const base = value & maskOf(length, bits)
    if (base !== value) {
      const right = prefixText({ base, length, bits })
      throw codedError('POOL_INVALID', `invalid subnet ${text}: it should be ${right}`)
    }
    return { base, length, bits }
  } catch (error) {
    throw codedError('POOL_INVALID', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Like `readPrefix`, but host bits are cleared: for routes and other facts that nobody typed. */
export function coverPrefix(text: string): Prefix {
  const { address, length } = parsePrefix(text)
  const bits = address.length === 4 ? 32 : 128
  return { base: numberOf(address) & maskOf(length, bits), length, bits }
}

export function prefixText(prefix: Prefix): string {
  return `${numberText(prefix.base, prefix.bits)}/${prefix.length}`
}

/** How many addresses the prefix covers. */
export function sizeOf(prefix: Prefix): bigint {
  return 1n << BigInt(prefix.bits - prefix.length)
}

export function overlap(a: Prefix, b: Prefix): boolean {
  return a.bits === b.bits && a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a)
}

export function contains(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && overlap(outer, inner)
}

/** The address as a number. Fails with ADDRESS_INVALID. */
export function readAddress(text: string): { readonly value: bigint; readonly bits: 32 | 128 } {
  const bytes = addressBytes(text)
  return { value: numberOf(bytes), bits: bytes.length === 4 ? 32 : 128 }
}

export function numberText(value: bigint, bits: 32 | 128): string {
  const digits = value.toString(16).padStart(bits / 4, '0')
  return addressText(Buffer.from(digits, 'hex'))
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function maskOf(length: number, bits: 32 | 128): bigint {
  const hostBits = BigInt(bits - length)
  return ((1n << BigInt(bits)) - 1n) & ~((1n << hostBits) - 1n)
}
