import { StatusResponse } from '../messages/control-messages.ts'
import type { Waiting } from '../wait-for.ts'

type Update = Partial<StatusResponse>

/** Bytes of output that are kept for those who come later. */
const keptBytes = 8 * 1024 * 1024

/**
 * What a build has told so far. Whoever follows it sees all from the beginning, at his own pace; when more output is
 * kept than fits, the oldest of it goes, never steps and their states.
 */
export class ProgressLog {
  readonly #updates: (Update | undefined)[] = []
  readonly #waiting = new Set<Waiting>()
  /** Positions of updates that are output, oldest first from `#oldest` on, and how long each is. */
  readonly #outputs: { readonly at: number; readonly bytes: number }[] = []
  #oldest = 0
  #bytes = 0
  #isOver = false
  #isFollowed = false

  /** True once somebody has begun to follow. */
  get isFollowed(): boolean {
    return this.#isFollowed
  }

  tell(update: Update): void {
    if (this.#isOver) return
    const bytes = (update.logs ?? []).reduce((sum, { data }) => sum + data.length, 0)
    if (bytes > 0) {
      this.#outputs.push({ at: this.#updates.length, bytes })
      this.#bytes += bytes
    }
    this.#updates.push(update)
    this.#forget()
    this.#wake()
  }

  /** Nothing more is told. */
  end(): void {
    this.#isOver = true
    this.#wake()
  }

  /** Encoded answers of Control.Status, until the end. */
  async *follow(signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    this.#isFollowed = true
    const leave = () => this.#wake()
    signal.addEventListener('abort', leave)
    try {
      for (let at = 0; ; at += 1) {
        while (at >= this.#updates.length) {
          if (this.#isOver || signal.aborted) return
          await new Promise<void>((resolve) => this.#waiting.add(resolve))
        }
        const update = this.#updates[at]
        if (update !== undefined) yield StatusResponse.encode(update)
      }
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  #forget(): void {
    while (this.#bytes > keptBytes) {
      const oldest = this.#outputs[this.#oldest]
      if (oldest === undefined) return
      this.#oldest += 1
      this.#bytes -= oldest.bytes
      this.#updates[oldest.at] = undefined
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}
