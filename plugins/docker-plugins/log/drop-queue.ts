import { setTimeout as sleep } from 'node:timers/promises'
import { frameEntry } from '@moby/lib-docker-plugin-protocol'

export interface DropQueueOptions {
  /** Bytes of frames that may wait. */
  readonly bytes: number
  readonly plugin: string
  /** Delivers one frame; one that fails is tried again. */
  readonly write: (frame: Buffer) => Promise<unknown>
  /** Told how many frames found no room, once a gap is over. */
  readonly dropped: (count: number) => void
}

const firstPauseMs = 50
const longestPauseMs = 2_000

/**
 * Frames on their way to a reader that may not keep up. What finds no room is dropped, as Docker's mode non-blocking
 * does, but counted: an entry in its place says how many are missing.
 */
export class DropQueue {
  readonly #options: DropQueueOptions
  readonly #frames: Buffer[] = []
  #bytes = 0
  #gap = 0
  #running: Promise<void> | undefined
  #closed = false

  constructor(options: DropQueueOptions) {
    this.#options = options
  }

  add(frame: Buffer): void {
    if (this.#closed) return
    if (this.#bytes + frame.length > this.#options.bytes) {
      this.#gap += 1
      return
    }
    if (this.#gap > 0) this.#tellGap()
    this.#push(frame)
  }

  /** Delivers what waits, for `withinMs` at most; what is left then is dropped. */
  async close(withinMs: number): Promise<void> {
    if (this.#gap > 0) this.#tellGap()
    await Promise.race([this.#running, sleep(withinMs)])
    this.#closed = true
    if (this.#frames.length > 0) this.#options.dropped(this.#frames.length)
    this.#frames.length = 0
  }

  #tellGap(): void {
    const { plugin, dropped } = this.#options
    dropped(this.#gap)
    const line = `moby: ${this.#gap} log entries are missing here, because the log plugin ${plugin} did not read`
    this.#gap = 0
    this.#push(frameEntry({ source: 'stderr', timeNano: BigInt(Date.now()) * 1_000_000n, line: Buffer.from(line) }))
  }

  #push(frame: Buffer): void {
    this.#frames.push(frame)
    this.#bytes += frame.length
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  async #run(): Promise<void> {
    let pause = firstPauseMs
    while (this.#frames.length > 0 && !this.#closed) {
      const [frame] = this.#frames as [Buffer]
      try {
        await this.#options.write(frame)
        this.#frames.shift()
        this.#bytes -= frame.length
        pause = firstPauseMs
      } catch {
        await sleep(pause, undefined, { ref: false })
        pause = Math.min(pause * 2, longestPauseMs)
      }
    }
  }
}
