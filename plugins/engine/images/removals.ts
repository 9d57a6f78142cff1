/**
 * What is being removed just now. A lease keeps a removal from beginning, not one that is under way: who has taken the
 * lease, and asks then whether something is there, waits for that.
 */
export class Removals {
  readonly #running = new Map<string, Promise<unknown>>()

  /** Removes what has a key. */
  async run(key: string, remove: () => Promise<unknown>): Promise<void> {
    const removal = remove()
    this.#running.set(key, removal)
    try {
      await removal
    } finally {
      this.#running.delete(key)
    }
  }

  /** Answers once nothing of that key is being removed, whatever became of it. */
  async ended(key: string): Promise<void> {
    await this.#running.get(key)?.catch(() => undefined)
  }
}
