/** Lets one waiter know that something changed. What happens between two waits is not missed. */
export class Wakeup {
  #notified = false
  #waiting: (() => void) | undefined

  notify(): void {
    this.#notified = true
    this.#waiting?.()
  }

  async wait(): Promise<void> {
    if (!this.#notified) await new Promise<void>((resolve) => (this.#waiting = resolve))
    this.#notified = false
    this.#waiting = undefined
  }
}
