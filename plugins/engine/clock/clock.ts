const millisecond = 1_000_000
const second = 1_000_000_000

/** Ends of a hundred stamps in a row, each but the last of them in front of the text that the next one begins with. */
const ends = ['', ...Array.from({ length: 100 }, (_, end) => `${String(end).padStart(2, '0')}Z`)]
const stampLength = '2026-01-01T00:00:00.000000000Z'.length

/** Milliseconds by which the wall clock may be off the monotonic one before it is read anew. */
const drift = 20
/** Seconds by which the wall clock must be set back for time stamps to follow it. */
const setBack = 1

/**
 * Wall-clock time with nanoseconds, as RFC 3339 in UTC with exactly nine digits, so that stamps can
 * be compared as strings. Stamps of one clock strictly increase, unless somebody sets the clock of
 * the host back by more than a second.
 */
export class Clock {
  readonly #wall: () => number
  readonly #monotonic: () => number
  #anchorWall: number
  #anchorMonotonic: number
  #lastSecond = 0
  #lastNanosecond = 0
  #prefixSecond = -1
  #prefix = ''
  #row = ''
  #rowSecond = -1
  #rowBegin = -1

  /** Both sources in milliseconds; the second one with a fraction. */
  constructor(wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#wall = wall
    this.#monotonic = monotonic
    this.#anchorWall = wall()
    this.#anchorMonotonic = monotonic()
  }

  /** A stamp of now, later than every stamp before. */
  now(): string {
    let elapsed = this.#monotonic() - this.#anchorMonotonic
    if (Math.abs(this.#anchorWall + elapsed - this.#wall()) > drift) {
      this.#anchorWall = this.#wall()
      this.#anchorMonotonic = this.#monotonic()
      elapsed = 0
    }
    const whole = Math.floor(elapsed)
    const milliseconds = this.#anchorWall + whole
    const seconds = Math.floor(milliseconds / 1000)
    const nanoseconds = (milliseconds - seconds * 1000) * millisecond + Math.floor((elapsed - whole) * millisecond)
    if (seconds > this.#lastSecond || (seconds === this.#lastSecond && nanoseconds > this.#lastNanosecond)) {
      return this.#stamp(seconds, nanoseconds)
    }
    if (seconds < this.#lastSecond - setBack) return this.#stamp(seconds, nanoseconds)
    return this.next()
  }

  /** The stamp one nanosecond after the last one, without looking at any clock. */
  next(): string {
    if (this.#lastSecond === 0) return this.now()
    this.#lastNanosecond += 1
    if (this.#lastNanosecond === second) {
      this.#lastNanosecond = 0
      this.#lastSecond += 1
    }
    return this.#nextInRow(this.#lastSecond, this.#lastNanosecond)
  }

  /** A process that writes many lines asks for many stamps in a row: a hundred are made at once, and cut out. */
  #nextInRow(seconds: number, nanoseconds: number): string {
    const at = nanoseconds % 100
    if (seconds !== this.#rowSecond || nanoseconds - at !== this.#rowBegin) {
      this.#row = ends.join(this.#write(seconds, nanoseconds).slice(0, -3))
      this.#rowSecond = seconds
      this.#rowBegin = nanoseconds - at
    }
    return this.#row.slice(at * stampLength, (at + 1) * stampLength)
  }

  #stamp(seconds: number, nanoseconds: number): string {
    this.#lastSecond = seconds
    this.#lastNanosecond = nanoseconds
    return this.#write(seconds, nanoseconds)
  }

  #write(seconds: number, nanoseconds: number): string {
    if (seconds !== this.#prefixSecond) {
      this.#prefixSecond = seconds
      this.#prefix = new Date(seconds * 1000).toISOString().slice(0, 20)
    }
    return `${this.#prefix}${String(nanoseconds).padStart(9, '0')}Z`
  }
}
