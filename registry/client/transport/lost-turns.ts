/**
 * Tells for how long this process had no turn itself, between looks that were to come in even intervals. A process that
 * was stopped, or that others left no processor, could not have read what a peer sent: that time says nothing of the peer.
 */
export class LostTurns {
  readonly #everyMs: number
  #lookedAt = performance.now()

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /** Milliseconds that were lost since the look before; 0 where it came in time, or nearly so. */
  look(): number {
    const now = performance.now()
    const lost = now - this.#lookedAt - 2 * this.#everyMs
    this.#lookedAt = now
    return Math.max(0, lost)
  }
}
