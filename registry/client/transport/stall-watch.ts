import { codedError } from '@moby/contracts'
import { nameOf, type Target } from '../target.ts'
import { LostTurns } from './lost-turns.ts'

/** Bytes a second below which a connection counts as standing still. */
const leastPerSecond = 1024

/**
 * Watches a connection that is to bring bytes: time that is spent waiting is paid from an allowance, and bytes earn it
 * back. One that brings nothing, or next to nothing, uses the allowance up; a reader that takes its time costs nothing,
 * nor does time in which this process had no turn.
 */
export class StallWatch {
  readonly #limitMs: number
  readonly #onStall: (error: Error) => void
  readonly #target: Target
  readonly #host: string
  readonly #timer: NodeJS.Timeout
  readonly #lost: LostTurns
  #allowanceMs: number
  #waitingSince = 0
  #isWaiting = false

  constructor(limitMs: number, onStall: (error: Error) => void, target: Target, host: string) {
    this.#limitMs = limitMs
    this.#allowanceMs = limitMs
    this.#onStall = onStall
    this.#target = target
    this.#host = host
    const everyMs = Math.max(5, Math.min(1_000, limitMs / 8))
    this.#lost = new LostTurns(everyMs)
    this.#timer = setInterval(() => this.#look(), everyMs)
    this.#timer.unref()
  }

  /** The same items, watched while they are waited for. */
  async *over(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = chunks[Symbol.asyncIterator]()
    try {
      for (;;) {
        this.begin()
        const next = await iterator.next()
        if (next.done === true) return
        this.got(next.value.length)
        yield next.value
      }
    } finally {
      this.#isWaiting = false
      await iterator.return?.()
    }
  }

  /** Waiting begins. */
  begin(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#waitingSince = performance.now()
  }

  /** Waiting ends with so many bytes. Tells how long it was, in milliseconds. */
  got(bytes: number): number {
    if (!this.#isWaiting) return 0
    this.#isWaiting = false
    const spent = performance.now() - this.#waitingSince
    const earned = (bytes * 1000) / leastPerSecond
    this.#allowanceMs = Math.min(this.#limitMs, this.#allowanceMs - spent + earned)
    return spent
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    this.#waitingSince = Math.min(performance.now(), this.#waitingSince + this.#lost.look())
    if (!this.#isWaiting || performance.now() - this.#waitingSince < this.#allowanceMs) return
    this.end()
    const seconds = this.#limitMs / 1000
    this.#onStall(
      codedError('REGISTRY_STALLED', `${nameOf(this.#target)}: ${this.#host} sent next to nothing for ${seconds} s`, {
        hint: 'The registry or the network is overloaded; try again. What was received is kept.',
        details: { ...this.#target, host: this.#host },
      }),
    )
  }
}
