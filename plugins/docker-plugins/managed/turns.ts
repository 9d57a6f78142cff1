/** Lets works with the same key go one after the other. */
export class Turns {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** How many wait or are at work. */
  #count = 0

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const turn = before.then(work, work)
    const tail = turn.catch(() => undefined)
    this.#tails.set(key, tail)
    this.#count += 1
    try {
      return await turn
    } finally {
      this.#count -= 1
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }

  get isIdle(): boolean {
    return this.#count === 0
  }
}
