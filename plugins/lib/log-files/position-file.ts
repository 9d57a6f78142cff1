import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** What is known to have been written: everything in the file `inode` up to `size` belongs to the positions. */
export interface StoredPosition {
  readonly stdout: number
  readonly stderr: number
  readonly inode: number
  readonly size: number
}

/** A record has a fixed length, so that one write replaces it as a whole. */
const length = 160

/**
 * How far the log reaches, in a file of its own beside it. It is written after each append, so that
 * after a death in between the log has a tail that the positions do not know, and never the reverse.
 */
export class PositionFile {
  readonly #handle: FileHandle

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  static async open(folder: string): Promise<PositionFile> {
    return new PositionFile(await open(join(folder, 'position'), constants.O_RDWR | constants.O_CREAT, 0o600))
  }

  /** Undefined when nothing readable was written yet. */
  async read(): Promise<StoredPosition | undefined> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(length), 0, length, 0)
    try {
      const value = JSON.parse(buffer.toString('utf8', 0, bytesRead)) as StoredPosition
      const numbers = [value.stdout, value.stderr, value.inode, value.size]
      return numbers.every((number) => Number.isSafeInteger(number) && number >= 0) ? value : undefined
    } catch {
      return undefined
    }
  }

  async write({ stdout, stderr, inode, size }: StoredPosition): Promise<void> {
    const text = JSON.stringify({ stdout, stderr, inode, size }).padEnd(length - 1)
    await this.#handle.write(`${text}\n`, 0)
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}
