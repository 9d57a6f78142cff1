/**
 * What waits for one listener: at most `limit` items, beyond which the oldest are dropped and
 * counted. One reader at a time.
 */
export class EventQueue<T> {
  readonly #limit: number
  #items: T[] = []
  #dropped = 0
  #ended = false
  #wake: (() => void) | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  push(item: T): void {
    if (this.#ended) return
    this.#items.push(item)
    if (this.#items.length > this.#limit) {
      this.#items.shift()
      this.#dropped += 1
    }
    this.#wake?.()
  }

  /** Nothing more will come; what waits is still handed out. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** All that waits, as soon as there is something; undefined at the end. */
  async take(): Promise<{ items: T[]; dropped: number } | undefined> {
    while (this.#items.length === 0) {
      if (this.#ended) return undefined
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
    }
    const taken = { items: this.#items, dropped: this.#dropped }
    this.#items = []
    this.#dropped = 0
    return taken
  }
}
