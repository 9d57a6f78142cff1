import { open, type FileHandle } from 'node:fs/promises'
import { CodedError } from '../../../../../contracts/sdk/typescript/component.ts'
import type { LogPosition, LogRecord } from '../../../../../contracts/sdk/typescript/contracts/log-driver.ts'

/** A batch as the file holds it: one line of JSON. */
interface Line {
  readonly position: LogPosition
  readonly records: readonly (Omit<LogRecord, 'line'> & { readonly line: string })[]
}

const lineFeed = 0x0a
const readBytes = 256 * 1024

/**
 * One log: a file with a batch a line, each with the position that it reaches up to. A batch is there as a whole or not
 * at all: what follows the last line feed, because the process died meanwhile, is cut off at the next open.
 */
export class LogFile {
  readonly path: string
  readonly #file: FileHandle
  #size: number
  #position: LogPosition
  #closed = false
  #turn: Promise<unknown> = Promise.resolve()
  #changed = Promise.withResolvers<void>()

  private constructor(path: string, file: FileHandle, size: number, position: LogPosition) {
    this.path = path
    this.#file = file
    this.#size = size
    this.#position = position
  }

  static async open(path: string): Promise<LogFile> {
    const file = await open(path, 'a+', 0o600)
    let position: LogPosition = { stdout: '0', stderr: '0' }
    let end = 0
    for await (const { line, endsAt } of linesOf(file, 0, (await file.stat()).size)) {
      position = (JSON.parse(line) as Line).position
      end = endsAt
    }
    await file.truncate(end)
    return new LogFile(path, file, end, position)
  }

  get position(): LogPosition {
    return this.#position
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Settles at the next write, or when the log is closed. */
  get changed(): Promise<void> {
    return this.#changed.promise
  }

  /** Appends a batch, on the disk when it settles; one that the log has already is dropped. */
  async write(records: readonly LogRecord[], position: LogPosition): Promise<void> {
    const mine = this.#turn.then(() => this.#append(records, position))
    this.#turn = mine.catch(() => this.#file.truncate(this.#size).catch(() => undefined))
    await mine
  }

  async #append(records: readonly LogRecord[], position: LogPosition): Promise<void> {
    if (reaches(this.#position, position)) return
    const packed = records.map((each) => ({ ...each, line: Buffer.from(each.line).toString('base64') }))
    const bytes = Buffer.from(`${JSON.stringify({ position, records: packed })}\n`)
    await this.#file.appendFile(bytes)
    await this.#file.datasync()
    this.#size += bytes.length
    this.#position = position
    this.#tell()
  }

  /** The file for one reader, who has its last batch also when the log is removed meanwhile. */
  async opened(): Promise<FileHandle> {
    return await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT'
        ? new CodedError('LOG_NOT_FOUND', `the log ${this.path} was removed meanwhile`)
        : error
    })
  }

  /** The batches from an offset on that are there now, with the offset behind each. */
  async *batches(file: FileHandle, from: number): AsyncGenerator<{ records: LogRecord[]; endsAt: number }> {
    for await (const { line, endsAt } of linesOf(file, from, this.#size)) {
      const { records } = JSON.parse(line) as Line
      yield { records: records.map((each) => ({ ...each, line: Buffer.from(each.line, 'base64') })), endsAt }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#turn
    await this.#file.close()
    this.#tell()
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

function reaches(log: LogPosition, position: LogPosition): boolean {
  return BigInt(position.stdout) <= BigInt(log.stdout) && BigInt(position.stderr) <= BigInt(log.stderr)
}

/** Whole lines between two offsets. */
async function* linesOf(
  file: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<{ readonly line: string; readonly endsAt: number }> {
  let rest = Buffer.alloc(0)
  let at = from
  while (at < to) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(readBytes, to - at)), 0, undefined, at)
    if (bytesRead === 0) return
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    at += bytesRead
    for (let end = rest.indexOf(lineFeed); end !== -1; end = rest.indexOf(lineFeed)) {
      const line = rest.toString('utf8', 0, end)
      rest = rest.subarray(end + 1)
      yield { line, endsAt: at - rest.length }
    }
  }
}
