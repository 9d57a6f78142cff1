import type { Progress } from '@moby/contracts'

/** Milliseconds between two lines that tell how far the same thing is, as in Docker. */
const interval = 100

interface Counter {
  last: number
  item: Progress | undefined
}

/**
 * What happens during an operation, for one reader. Lines that count bytes come in intervals only, and the newest takes
 * the place of those that were not read: a slow reader holds nothing up and fills no memory.
 */
export class ProgressFeed {
  readonly #queue: Progress[] = []
  readonly #counters = new Map<string, Counter>()
  readonly #now: () => number
  #wake: (() => void) | undefined
  #end: { readonly error?: unknown } | undefined

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  readonly report = (item: Progress): void => {
    const { id, current, total } = item
    if (id === undefined || current === undefined) {
      if (id !== undefined) this.#forget(id)
      this.#queue.push(item)
    } else {
      const counter = this.#counters.get(id) ?? { last: 0, item: undefined }
      this.#counters.set(id, counter)
      counter.item = item
      // The last bytes are told in any case.
      if (current === total) counter.last = 0
    }
    this.#wake?.()
  }

  end(): void {
    this.#end ??= {}
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#end ??= { error }
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Progress, void> {
    for (;;) {
      const item = this.#take()
      if (item !== undefined) {
        yield item
        continue
      }
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error
        return
      }
      await this.#news()
    }
  }

  /** A line of another kind about the same thing overtakes no bytes that were counted before it. */
  #forget(id: string): void {
    const counter = this.#counters.get(id)
    if (counter?.item !== undefined && counter.item.current === counter.item.total) this.#queue.push(counter.item)
    this.#counters.delete(id)
  }

  #take(): Progress | undefined {
    const first = this.#queue.shift()
    if (first !== undefined) return first
    const now = this.#now()
    for (const counter of this.#counters.values()) {
      if (counter.item === undefined || now - counter.last < interval) continue
      const { item } = counter
      counter.item = undefined
      counter.last = now
      return item
    }
    return undefined
  }

  async #news(): Promise<void> {
    const isDue = [...this.#counters.values()].some(({ item }) => item !== undefined)
    await new Promise<void>((resolve) => {
      const timer = isDue ? setTimeout(resolve, interval) : undefined
      this.#wake = () => {
        // A count that is not due yet waits for its time.
        if (this.#queue.length === 0 && this.#end === undefined && timer !== undefined) return
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }
}
