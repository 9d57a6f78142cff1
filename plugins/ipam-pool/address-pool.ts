import { codedError } from '@moby/contracts'
import { numberText, prefixText, readAddress, sizeOf, type Prefix } from './prefix.ts'
import { SparseBitmap } from './sparse-bitmap.ts'

/**
 * The addresses of one pool. They are handed out in order, going on behind the last one even when earlier ones
 * have become free, so that neighbours and connection tables forget an address before it means another container.
 */
export class AddressPool {
  readonly prefix: Prefix
  /** Where addresses come from when none is asked for. */
  readonly range: Prefix
  readonly #used = new SparseBitmap()
  #next: bigint

  constructor(prefix: Prefix, range: Prefix = prefix) {
    this.prefix = prefix
    this.range = range
    this.#next = this.#first()
  }

  /** Reserves a free address. Fails with ADDRESSES_EXHAUSTED. */
  take(): string {
    const first = this.#first()
    const last = this.#last()
    const found = this.#used.firstAbsent(this.#next, last) ?? this.#used.firstAbsent(first, last)
    if (found === undefined) {
      throw codedError(
        'ADDRESSES_EXHAUSTED',
        `no available IPv${this.prefix.bits === 32 ? 4 : 6} addresses on pool ${prefixText(this.range)}`,
        {
          hint: 'Remove containers of the network, or make it with a larger subnet.',
        },
      )
    }
    return this.#reserve(found)
  }

  /** Reserves this address. Fails with ADDRESS_OUTSIDE_POOL or ADDRESS_IN_USE. */
  takeExactly(text: string): string {
    const { value, bits } = readAddress(text)
    if (bits !== this.prefix.bits || value < this.prefix.base || value >= this.prefix.base + sizeOf(this.prefix)) {
      throw codedError('ADDRESS_OUTSIDE_POOL', `Address ${text} lies outside the pool ${prefixText(this.prefix)}`, {
        hint: 'Choose an address of the subnet of the network.',
      })
    }
    if (value < usableFirst(this.prefix) || value > usableLast(this.prefix)) {
      throw codedError(
        'ADDRESS_IN_USE',
        `Address ${text} is the network or broadcast address of ${prefixText(this.prefix)}`,
      )
    }
    if (this.#used.has(value))
      throw codedError('ADDRESS_IN_USE', `Address already in use: ${text}`, { details: { address: text } })
    return this.#reserve(value)
  }

  /** Frees an address, reserved or not. */
  release(text: string): void {
    const { value, bits } = readAddress(text)
    if (bits === this.prefix.bits) this.#used.delete(value)
  }

  #reserve(value: bigint): string {
    this.#used.add(value)
    if (value >= this.#first() && value <= this.#last()) this.#next = value + 1n
    return numberText(value, this.prefix.bits)
  }

  #first(): bigint {
    return max(this.range.base, usableFirst(this.prefix))
  }

  #last(): bigint {
    return min(this.range.base + sizeOf(this.range) - 1n, usableLast(this.prefix))
  }
}

/** Behind the network address, which IPv6 gives to routers; the two smallest sizes have none (RFC 3021, RFC 6164). */
function usableFirst(prefix: Prefix): bigint {
  return prefix.bits - prefix.length < 2 ? prefix.base : prefix.base + 1n
}

/** Before the broadcast address, which IPv6 does not have. */
function usableLast(prefix: Prefix): bigint {
  const last = prefix.base + sizeOf(prefix) - 1n
  return prefix.bits === 128 || prefix.bits - prefix.length < 2 ? last : last - 1n
}

const max = (a: bigint, b: bigint) => (a > b ? a : b)
const min = (a: bigint, b: bigint) => (a < b ? a : b)
