import { constants } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger, LogRecord } from '@moby/contracts'
import { recordBytes } from './encode-record.ts'
import type { Follower } from './follower.ts'
import { LineEncoder } from './line-encoder.ts'
import type { LogOptions } from './options.ts'
import { PositionFile } from './position-file.ts'
import { compressFile, listRotated, shiftFiles, tidyCompressed } from './rotated-files.ts'

export interface Positions {
  readonly stdout: number
  readonly stderr: number
}

const lineFeed = 10
const mode = 0o640

/**
 * The log of one container: a file of JSON lines that is rotated by size. The position file says up to
 * where lines count, so that after a death at any moment, also between the steps of a rotation, what
 * was appended without being noted is cut off, and comes again. Calls must not overlap.
 */
export class LogFile {
  readonly #path: string
  readonly #options: LogOptions
  readonly #encoder: LineEncoder
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
    options: { path: string; options: LogOptions; attributes: string; log: Logger },
    noted: PositionFile,
    file: { handle: FileHandle; inode: number; size: number },
    position: Positions,
  ) {
    this.#path = options.path
    this.#options = options.options
    this.#encoder = new LineEncoder(options.attributes)
    this.#log = options.log
    this.#noted = noted
    this.#handle = file.handle
    this.#inode = file.inode
    this.#size = file.size
    this.#position = position
  }

  /** Opens or makes the log and brings file and position together. `attributes` is JSON, or empty. */
  static async open(options: { path: string; options: LogOptions; attributes: string; log: Logger }): Promise<LogFile> {
    const { path } = options
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await tidyCompressed(path)
    const noted = await PositionFile.open(dirname(path))
    const stored = await noted.read()
    if (stored !== undefined) {
      for (const candidate of [path, `${path}.1`]) await cutTail(candidate, stored)
    }
    const file = await openForAppend(path)
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
    const limit = this.#options.maxSize ?? Infinity
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
    await shiftFiles(this.#path, this.#options.maxFile)
    const next = await openForAppend(this.#path)
    const old = this.#handle
    this.#handle = next.handle
    this.#inode = next.inode
    this.#size = next.size
    await this.#note(this.#position)
    for (const follower of this.#followers) await follower.rotated(await open(this.#path, 'r'))
    await old.close()
    if (this.#options.compress) this.#compressing = this.#compress(`${this.#path}.1`)
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

/** A file that lost its end begins a new line, so that only the cut line is lost. */
async function openForAppend(path: string): Promise<{ handle: FileHandle; inode: number; size: number }> {
  const handle = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, mode)
  try {
    const { ino, size } = await handle.stat()
    if (size === 0) return { handle, inode: ino, size }
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    if (buffer[0] === lineFeed) return { handle, inode: ino, size }
    await handle.write('\n')
    return { handle, inode: ino, size: size + 1 }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The files of a log at one moment, oldest first. The caller closes the handles. */
export async function openFiles(path: string): Promise<{ handle: FileHandle; compressed: boolean }[]> {
  const files = [...(await listRotated(path)), { path, compressed: false }]
  const opened: { handle: FileHandle; compressed: boolean }[] = []
  for (const file of files) {
    try {
      const found = await openEither(file)
      if (found !== undefined) opened.push(found)
    } catch (error) {
      await Promise.all(opened.map(({ handle }) => handle.close()))
      throw error
    }
  }
  return opened
}

/** A file that is being compressed may change its form after it was listed. */
async function openEither({
  path,
  compressed,
}: {
  path: string
  compressed: boolean
}): Promise<{ handle: FileHandle; compressed: boolean } | undefined> {
  const forms = compressed
    ? [{ path, compressed }]
    : [
        { path, compressed },
        { path: `${path}.gz`, compressed: true },
      ]
  for (const form of forms) {
    try {
      return { handle: await open(form.path, 'r'), compressed: form.compressed }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return undefined
}
