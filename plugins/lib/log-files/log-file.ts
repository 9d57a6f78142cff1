import { constants } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger, LogRecord } from '@moby/contracts'
import type { Follower } from './follower.ts'
import { PositionFile } from './position-file.ts'
import { recordBytes } from './record-bytes.ts'
import type { RecordEncoder, RecordFormat, Rotation } from './record-format.ts'
import { compressFile, shiftFiles, tidyCompressed } from './rotated-files.ts'

export interface Positions {
  readonly stdout: number
  readonly stderr: number
}

/** What a log is made of. */
export interface LogFileOptions {
  readonly path: string
  readonly format: RecordFormat
  readonly rotation: Rotation
  readonly encoder: RecordEncoder
  readonly log: Logger
}

const mode = 0o640

/**
 * The log of one container: a file of records that is rotated by size. The position file says up to
 * where records count, so that after a death at any moment, also between the steps of a rotation, what
 * was appended without being noted is cut off, and comes again. Calls must not overlap.
 */
export class LogFile {
  readonly #path: string
  readonly #format: RecordFormat
  readonly #rotation: Rotation
  readonly #encoder: RecordEncoder
  readonly #log: Logger
  readonly #noted: PositionFile
  readonly #followers = new Set<Follower>()
  #handle: FileHandle
  #inode: number
  #size: number
  #position: Positions
  #unfinished = false
  #compressing: Promise<void> | undefined

  private constructor(
    options: LogFileOptions,
    noted: PositionFile,
    file: { handle: FileHandle; inode: number; size: number },
    position: Positions,
  ) {
    this.#path = options.path
    this.#format = options.format
    this.#rotation = options.rotation
    this.#encoder = options.encoder
    this.#log = options.log
    this.#noted = noted
    this.#handle = file.handle
    this.#inode = file.inode
    this.#size = file.size
    this.#position = position
  }

  /** Opens or makes the log and brings file and position together. */
  static async open(options: LogFileOptions): Promise<LogFile> {
    const { path } = options
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await tidyCompressed(path)
    const noted = await PositionFile.open(dirname(path))
    const stored = await noted.read()
    if (stored !== undefined) {
      for (const candidate of [path, `${path}.1`]) await cutTail(candidate, stored)
    }
    const file = await openForAppend(path, options.format)
    const position = { stdout: stored?.stdout ?? 0, stderr: stored?.stderr ?? 0 }
    const log = new LogFile(options, noted, file, position)
    await log.#note(position)
    return log
  }

  get position(): Positions {
    return this.#position
  }

  /** Bytes of the current file that count. */
  get size(): number {
    return this.#size
  }

  /** Appends records that reach up to `position`; a batch that is there already is dropped. */
  async append(records: readonly LogRecord[], position: Positions): Promise<void> {
    if (position.stdout <= this.#position.stdout && position.stderr <= this.#position.stderr) return
    const reached = this.#unfinished ? beginning(records, position) : undefined
    const cursor = reached ?? { ...this.#position }
    this.#unfinished = true
    const encoder = this.#encoder
    const limit = this.#rotation.maxSize ?? Infinity
    encoder.take()
    for (const record of records) {
      const bytes = recordBytes(record)
      cursor[record.stream] += bytes
      if (reached !== undefined && cursor[record.stream] <= this.#position[record.stream]) continue
      if (this.#size + encoder.length >= limit) {
        const before = { ...cursor }
        before[record.stream] -= bytes
        await this.#flush(encoder.take(), before)
        await this.#rotate()
      }
      encoder.add(record)
    }
    await this.#flush(encoder.take(), position)
    this.#unfinished = false
  }

  follow(follower: Follower): void {
    this.#followers.add(follower)
  }

  unfollow(follower: Follower): void {
    this.#followers.delete(follower)
  }

  async close(): Promise<void> {
    for (const follower of this.#followers) follower.close()
    await this.#compressing
    await this.#handle.close()
    await this.#noted.close()
  }

  async #flush(data: Buffer, position: Positions): Promise<void> {
    if (data.length > 0) {
      try {
        for (let offset = 0; offset < data.length;) {
          offset += (await this.#handle.write(data, offset)).bytesWritten
        }
      } catch (error) {
        await this.#handle.truncate(this.#size)
        throw error
      }
      this.#size += data.length
    }
    await this.#note(position)
    for (const follower of this.#followers) follower.added()
  }

  async #note(position: Positions): Promise<void> {
    await this.#noted.write({ ...position, inode: this.#inode, size: this.#size })
    this.#position = { ...position }
  }

  async #rotate(): Promise<void> {
    await this.#compressing
    await shiftFiles(this.#path, this.#rotation.maxFile)
    const next = await openForAppend(this.#path, this.#format)
    const old = this.#handle
    this.#handle = next.handle
    this.#inode = next.inode
    this.#size = next.size
    await this.#note(this.#position)
    for (const follower of this.#followers) await follower.rotated(await open(this.#path, 'r'))
    await old.close()
    if (this.#rotation.compress) this.#compressing = this.#compress(`${this.#path}.1`)
  }

  async #compress(path: string): Promise<void> {
    try {
      await compressFile(path)
    } catch (error) {
      this.#log.warn('A rotated log could not be compressed and stays as it is.', { path, error: String(error) })
    }
  }
}

/** Where a batch that reaches up to `position` begins. */
function beginning(records: readonly LogRecord[], position: Positions): { stdout: number; stderr: number } {
  const begin = { ...position }
  for (const record of records) begin[record.stream] -= recordBytes(record)
  return begin
}

/** Cuts off what was appended to a file after the last note, if it is the file that the note means. */
async function cutTail(path: string, { inode, size }: { inode: number; size: number }): Promise<void> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    const found = await handle.stat()
    if (found.ino === inode && found.size > size) await handle.truncate(size)
  } finally {
    await handle.close()
  }
}

/** A file that lost its end is mended, so that only the cut record is lost. */
async function openForAppend(
  path: string,
  format: RecordFormat,
): Promise<{ handle: FileHandle; inode: number; size: number }> {
  const handle = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, mode)
  try {
    const { ino, size } = await handle.stat()
    return { handle, inode: ino, size: size === 0 ? 0 : await format.mend(handle, size) }
  } catch (error) {
    await handle.close()
    throw error
  }
}
