/** Mutual exclusion by key, first come first served. A key without holder takes no memory. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>()

  /** Runs `work` once every earlier holder of the key is done, whatever became of it. */
  async run<T>(key: string, work: () => Promise<T> | T): Promise<T> {
    const before = this.#tails.get(key)
    let release: () => void = () => undefined
    const tail = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#tails.set(key, tail)
    try {
      if (before !== undefined) await before
      return await work()
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
      release()
    }
  }

  /** True while somebody holds the key or waits for it. */
  isHeld(key: string): boolean {
    return this.#tails.has(key)
  }
}
