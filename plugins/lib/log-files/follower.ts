import type { FileHandle } from 'node:fs/promises'

/** Files that a follower may be behind; it loses the oldest ones beyond that, as it would on disk. */
const filesBehind = 8

/** What a log tells one who follows it: that lines were added, that a new file was begun, that it is closed. */
export class Follower {
  readonly #files: FileHandle[] = []
  #notified = false
  #closed = false
  #waiting: (() => void) | undefined

  /** True when no more lines will come. */
  get closed(): boolean {
    return this.#closed
  }

  /** The file that comes after the one being read, if the log has gone on to one. */
  nextFile(): FileHandle | undefined {
    return this.#files.shift()
  }

  added(): void {
    this.#notified = true
    this.#waiting?.()
  }

  /** Takes the handle over. */
  async rotated(file: FileHandle): Promise<void> {
    this.#files.push(file)
    if (this.#files.length > filesBehind) await this.#files.shift()?.close()
    this.added()
  }

  close(): void {
    this.#closed = true
    this.added()
  }

  /** Returns when something was told since the last time. */
  async wait(): Promise<void> {
    if (!this.#notified) await new Promise<void>((resolve) => (this.#waiting = resolve))
    this.#notified = false
    this.#waiting = undefined
  }

  /** Closes the files that were not asked for. */
  async dispose(): Promise<void> {
    await Promise.all(this.#files.splice(0).map((file) => file.close()))
  }
}
