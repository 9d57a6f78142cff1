/** A moment as three numbers of 28, 28 and 8 bits, the lowest first: nanoseconds since 1970 in 64 bits. */
export interface Limbs {
  readonly low: number
  readonly middle: number
  readonly high: number
}

const limb = 2 ** 28
const halfLimb = 2 ** 14
const billion = 1_000_000_000
const secondsLength = '2026-01-01T00:00:00'.length
const digits = 9
const mostSeconds = Math.floor(2 ** 63 / billion) - 1

/** Turns times into numbers. Those of one second, which follow each other in a log, are computed but once. */
export class TimeWriter {
  #second = ''
  #limbs: Limbs = { low: 0, middle: 0, high: 0 }

  /** `time` is RFC 3339 in UTC, with up to nine digits of a second. */
  write(time: string): Limbs {
    if (!time.startsWith(this.#second) || this.#second === '') {
      this.#second = time.slice(0, secondsLength)
      this.#limbs = split(BigInt.asUintN(64, BigInt(secondsOf(this.#second)) * BigInt(billion)))
    }
    const fraction = time.slice(secondsLength + 1, -1)
    const low = this.#limbs.low + Number(fraction.padEnd(digits, '0'))
    const middle = this.#limbs.middle + Math.floor(low / limb)
    const high = this.#limbs.high + Math.floor(middle / limb)
    return { low: low % limb, middle: middle % limb, high: high % 256 }
  }
}

/** The other way round. */
export class TimeReader {
  #known = Number.NaN
  #second = ''

  /** RFC 3339 in UTC with nine digits. */
  read({ low, middle, high }: Limbs): string {
    let seconds: number
    let rest: number
    if (high < 128) {
      // A long division: no step of it is beyond what a number holds.
      const upper = high * limb + middle
      const second = (upper % billion) * halfLimb + Math.floor(low / halfLimb)
      const third = (second % billion) * halfLimb + (low % halfLimb)
      seconds =
        Math.floor(upper / billion) * limb + Math.floor(second / billion) * halfLimb + Math.floor(third / billion)
      rest = third % billion
    } else {
      const nanoseconds = BigInt.asIntN(64, (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low))
      rest = Number(((nanoseconds % BigInt(billion)) + BigInt(billion)) % BigInt(billion))
      seconds = Number((nanoseconds - BigInt(rest)) / BigInt(billion))
    }
    if (seconds !== this.#known) {
      this.#known = seconds
      this.#second = new Date(seconds * 1000).toISOString().slice(0, secondsLength)
    }
    return `${this.#second}.${String(rest).padStart(digits, '0')}Z`
  }
}

/** What 64 bits cannot hold is the nearest that they can; what no clock shows is 1970, as the line is worth more. */
function secondsOf(time: string): number {
  const seconds = Date.parse(`${time}Z`) / 1000
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, -mostSeconds), mostSeconds)
}

function split(bits: bigint): Limbs {
  return {
    low: Number(bits & 0xfffffffn),
    middle: Number((bits >> 28n) & 0xfffffffn),
    high: Number(bits >> 56n),
  }
}
