/** Keeps the attempts of one call apart: a second one begins when the first, cut off from its caller, is over. */
export class Attempts {
  readonly #running = new Map<string, Promise<void>>()

  async inTurn(key: string, attempt: () => Promise<void>): Promise<void> {
    const before = this.#running.get(key)
    const run = before === undefined ? attempt() : before.catch(() => undefined).then(attempt)
    this.#running.set(key, run)
    try {
      await run
    } finally {
      if (this.#running.get(key) === run) this.#running.delete(key)
    }
  }
}
