import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Implementation, logDriver, Logger, LogPosition, LogRecord } from '@moby/contracts'
import { EntryReader, toRecord } from '@moby/lib-docker-plugin-protocol'

const chunkBytes = 64 * 1024
const longestPauseMs = 50
const retryMs = 250

/**
 * Reads what Docker's engine writes into the FIFO of a container and hands it to a log driver. Nothing that was read is
 * dropped: while the driver fails it is tried again, and the FIFO fills.
 */
export class FifoReader {
  readonly #handle: FileHandle
  readonly #log: string
  readonly #driver: Implementation<typeof logDriver>
  readonly #logger: Logger
  readonly #position: { stdout: bigint; stderr: bigint }
  readonly #done: Promise<void>
  #ending = false
  #givenUp = false

  private constructor(parts: {
    handle: FileHandle
    log: string
    driver: Implementation<typeof logDriver>
    logger: Logger
    position: LogPosition
  }) {
    this.#handle = parts.handle
    this.#log = parts.log
    this.#driver = parts.driver
    this.#logger = parts.logger
    this.#position = { stdout: BigInt(parts.position.stdout), stderr: BigInt(parts.position.stderr) }
    this.#done = this.#run()
  }

  static async open(parts: {
    file: string
    log: string
    driver: Implementation<typeof logDriver>
    logger: Logger
    position: LogPosition
  }): Promise<FifoReader> {
    const { file, ...rest } = parts
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    return new FifoReader({ ...rest, handle })
  }

  /** Reads what is there, and ends; what the driver does not take within `withinMs` is lost and told. */
  async end(withinMs: number): Promise<void> {
    this.#ending = true
    await Promise.race([this.#done, sleep(withinMs, undefined, { ref: false })])
    this.#givenUp = true
    await this.#done
    await this.#handle.close()
  }

  async #run(): Promise<void> {
    const entries = new EntryReader()
    const buffer = Buffer.allocUnsafe(chunkBytes)
    let pause = 1
    try {
      while (!this.#givenUp) {
        const length = await this.#read(buffer)
        if (length > 0) {
          pause = 1
          const records = entries.push(Buffer.from(buffer.subarray(0, length))).map(toRecord)
          if (records.length > 0) await this.#write(records)
        } else {
          // Empty, or closed by the engine: after StopLogging nothing more will come.
          if (this.#ending) return
          await sleep(pause)
          pause = Math.min(pause * 2, longestPauseMs)
        }
      }
    } catch (error) {
      this.#logger.error('A log is not read any more.', { log: this.#log, error: String(error) })
    }
  }

  async #read(buffer: Buffer): Promise<number> {
    try {
      return (await this.#handle.read(buffer, 0, buffer.length, null)).bytesRead
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
      throw error
    }
  }

  async #write(records: LogRecord[]): Promise<void> {
    for (const { stream, line, partial } of records) {
      this.#position[stream] += BigInt(line.length + (partial === undefined || partial.last ? 1 : 0))
    }
    const position = { stdout: String(this.#position.stdout), stderr: String(this.#position.stderr) }
    for (let isFirst = true; ; isFirst = false) {
      try {
        await this.#driver.write({ log: this.#log, records, position })
        return
      } catch (error) {
        if (this.#givenUp) throw error
        if (isFirst) this.#logger.warn('A log cannot be written.', { log: this.#log, error: String(error) })
        await sleep(retryMs, undefined, { ref: false })
      }
    }
  }
}
