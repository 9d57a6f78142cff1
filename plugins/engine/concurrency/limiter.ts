/** Lets so many pieces of work run at once, in the order in which they came. */
export class Limiter {
  #most: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(most: number) {
    this.#most = most
  }

  /** From now on so many may run at once; those that wait begin at once where there is room now. */
  resize(most: number): void {
    this.#most = most
    while (this.#running < this.#most) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#running += 1
      next()
    }
  }

  /** True when the next comer would have to wait. */
  get isFull(): boolean {
    return this.#running >= this.#most
  }

  /** Runs `work` once there is room. Who gives up while waiting takes no room; it fails with the signal's reason. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal)
    try {
      return await work()
    } finally {
      const next = this.#running > this.#most ? undefined : this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (this.#running < this.#most) {
      this.#running += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal?.reason)
      }
      const enter = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.push(enter)
    })
  }
}
