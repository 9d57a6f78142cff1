import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFifo, openFifo, watchReadable } from '@moby/lib-linux'

/** Bytes that a pipe of Linux holds by default; what was written before them has been read. */
const capacity = 64 * 1024
const longestPauseMs = 50

interface Written {
  readonly frame: Buffer
  /** Bytes written to this pipe up to the end of the frame. */
  readonly end: number
}

/**
 * The FIFO from which a log plugin reads entries. It is held open for reading too, so that the death of the plugin
 * breaks nothing, and what it had not read can be taken back and given to its next life.
 */
export class LogPipe {
  readonly path: string
  readonly #descriptor: number
  #written: Written[] = []
  #total = 0
  /** The rest of a frame that has gone out in part: whoever reads needs it next. */
  #rest: Buffer = Buffer.alloc(0)
  #givenUp = false

  private constructor(path: string) {
    this.path = path
    this.#descriptor = openFifo(path)
  }

  /** A new FIFO in the folder, with a name that nobody can guess. */
  static open(folder: string): LogPipe {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, randomBytes(32).toString('hex'))
    makeFifo(path, 0o700)
    try {
      return new LogPipe(path)
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    }
  }

  /** Writes one frame as a whole, or answers false when the reader made no room for `stallMs`. */
  async write(frame: Buffer, stallMs: number): Promise<boolean> {
    this.#rest = await this.#push(this.#rest, stallMs)
    if (this.#rest.length > 0) return false
    const before = this.#total
    const left = await this.#push(frame, stallMs)
    if (left.length === frame.length) return false
    // Once a part of it is out the frame counts as written, and its rest goes before the next.
    this.#rest = left
    this.#written.push({ frame, end: before + frame.length })
    this.#forget()
    return true
  }

  /** Waits for nobody any more: writes that are under way end as if the reader had stalled. */
  giveUp(): void {
    this.#givenUp = true
  }

  /** Frames that the reader has not read to their end, in order; the pipe is empty then. */
  takeBack(): Buffer[] {
    let unread = 0
    const buffer = Buffer.allocUnsafe(capacity)
    for (;;) {
      try {
        const length = readSync(this.#descriptor, buffer, 0, buffer.length, null)
        if (length === 0) break
        unread += length
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') break
        throw error
      }
    }
    const read = this.#total - unread
    return this.#written.filter(({ end }) => end > read).map(({ frame }) => frame)
  }

  /** Waits until the reader has read all; false when it took longer. */
  async isRead(withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs
    this.#rest = await this.#push(this.#rest, withinMs)
    if (this.#rest.length > 0) return false
    do {
      let isReadable = false
      const watch = watchReadable(this.#descriptor, () => {
        isReadable = true
        watch.close()
      })
      await sleep(5)
      watch.close()
      if (!isReadable) return true
    } while (performance.now() < deadline)
    return false
  }

  close(): void {
    closeSync(this.#descriptor)
    rmSync(this.path, { force: true })
  }

  /** Writes as much as there is room for until the reader makes none for `stallMs`; answers what is left. */
  async #push(bytes: Buffer, stallMs: number): Promise<Buffer> {
    let left = bytes
    let deadline = performance.now() + stallMs
    let pause = 1
    while (left.length > 0) {
      const length = this.#tryWrite(left)
      left = left.subarray(length)
      if (left.length === 0) break
      if (length > 0) {
        deadline = performance.now() + stallMs
        pause = 1
      } else if (this.#givenUp || performance.now() > deadline) break
      await sleep(pause)
      pause = Math.min(pause * 2, longestPauseMs)
    }
    return left
  }

  #tryWrite(bytes: Buffer): number {
    try {
      const length = writeSync(this.#descriptor, bytes)
      this.#total += length
      return length
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
      throw error
    }
  }

  #forget(): void {
    const first = this.#written.findIndex(({ end }) => end > this.#total - capacity)
    if (first > 0) this.#written = this.#written.slice(first)
  }
}
