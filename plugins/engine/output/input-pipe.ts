import { closeSync, constants, existsSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFifo, setPipeSize } from '@moby/lib-linux'

const pipeSize = 1024 * 1024
const longestPauseMs = 20

/**
 * The standard input of a process. Writers wait while the FIFO is full. After its end only a reading
 * descriptor is kept, so that what was written stays for a process that has yet to open it, and the
 * runtime's `closeStdin` makes it end there; that it ended is remembered in a file.
 */
export class InputPipe {
  readonly #path: string
  #descriptor: number
  #ended: boolean
  #closed = false
  #last: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
    this.#ended = existsSync(`${path}.ended`)
    this.#descriptor = this.#ended ? openReadOnly(path) : openFifo(path)
    setPipeSize(this.#descriptor, pipeSize)
  }

  /** Returns when the pipe has taken everything; what comes after the end is dropped. */
  write(data: Uint8Array): Promise<void> {
    this.#last = this.#last.then(() => this.#write(data))
    return this.#last
  }

  /** Idempotent. */
  end(): void {
    if (this.#ended || this.#closed) return
    this.#ended = true
    writeFileSync(`${this.#path}.ended`, '')
    const readOnly = openReadOnly(this.#path)
    closeSync(this.#descriptor)
    this.#descriptor = readOnly
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#descriptor)
  }

  async #write(data: Uint8Array): Promise<void> {
    let pause = 1
    for (let offset = 0; offset < data.length && !this.#ended && !this.#closed;) {
      try {
        offset += writeSync(this.#descriptor, data, offset)
        pause = 1
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
        await sleep(pause)
        pause = Math.min(pause * 2, longestPauseMs)
      }
    }
  }
}

function openReadOnly(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
}
