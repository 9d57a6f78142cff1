/** Images that builds under way stand on. Who prunes the cache removes none of them, and nobody takes one that goes. */
export class HeldImages {
  readonly #holders = new Map<string, number>()
  readonly #leaving = new Set<string>()

  isHeld(id: string): boolean {
    return this.#holders.has(id)
  }

  /** False for one that is being removed. */
  hold(id: string): boolean {
    if (this.#leaving.has(id)) return false
    this.#holders.set(id, (this.#holders.get(id) ?? 0) + 1)
    return true
  }

  release(id: string): void {
    const left = (this.#holders.get(id) ?? 1) - 1
    if (left > 0) this.#holders.set(id, left)
    else this.#holders.delete(id)
  }

  /** Removes one that nobody holds; false when somebody does. */
  async remove(id: string, act: () => Promise<unknown>): Promise<boolean> {
    if (this.#holders.has(id) || this.#leaving.has(id)) return false
    this.#leaving.add(id)
    try {
      await act()
      return true
    } finally {
      this.#leaving.delete(id)
    }
  }
}
