import { createHash, hash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError, filesText, type PayloadFile, type PayloadPart } from '@moby/contracts'

/** Read at once up to this size, in pieces of it above. */
const pieceBytes = 1 << 18

/** Of many small files, whose reading holds the event loop: so many bytes in one go. */
const goBytes = 1 << 16

/** The first line: the form, and how many bytes the list of files has that follows. Contents follow in its order. */
const firstLine = (bytes: number) => `moby-payload 1 ${String(bytes).padStart(10, '0')}\n`
const firstLineBytes = firstLine(0).length

const listOf = ({ files }: PayloadPart) => Buffer.from(JSON.stringify(files))

/** How many bytes the archive of a package has. */
export function archiveBytes(part: PayloadPart): number {
  return part.files.reduce((total, { size }) => total + size, firstLineBytes + listOf(part).length)
}

/** Writes a package into one file, brought to disk. Throws PAYLOAD_CHANGED when a file is not what was measured. */
export async function writeArchive(path: string, part: PayloadPart): Promise<void> {
  const { folder, files } = part
  const list = listOf(part)
  const handle = await open(path, 'wx', 0o600)
  try {
    let waiting: Buffer[] = [Buffer.from(firstLine(list.length)), list]
    let waitingBytes = 0
    const flush = async () => {
      await handle.appendFile(Buffer.concat(waiting))
      waiting = []
      waitingBytes = 0
    }
    for (const file of files) {
      for await (const piece of contentOf(folder, file)) {
        waiting.push(piece)
        waitingBytes += piece.length
        if (waitingBytes >= goBytes) await flush()
      }
    }
    await flush()
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function* contentOf(folder: string, { path, size, digest }: PayloadFile): AsyncGenerator<Buffer> {
  const file = join(folder, path)
  const changed = (cause?: unknown) =>
    codedError('PAYLOAD_CHANGED', `${file} changed while it was to be kept`, { cause, details: { file } })
  const measured = createHash('sha256')
  try {
    // Most are small, and reading them at once costs a fifth of asking the pool of threads for each.
    if (size <= pieceBytes) {
      const content = readFileSync(file)
      measured.update(content)
      yield content
    } else {
      for await (const piece of createReadStream(file, { highWaterMark: pieceBytes })) {
        measured.update(piece as Buffer)
        yield piece as Buffer
      }
    }
  } catch (cause) {
    throw changed(cause)
  }
  if (measured.digest('hex') !== digest) throw changed()
}

/** A package as it was kept. What it answers has the digest that it was opened with. */
export class PartArchive {
  readonly path: string
  readonly files: readonly PayloadFile[]
  readonly #handle: FileHandle
  readonly #offsets: ReadonlyMap<string, number>

  private constructor(path: string, handle: FileHandle, files: readonly PayloadFile[], start: number) {
    this.path = path
    this.files = files
    this.#handle = handle
    let offset = start
    this.#offsets = new Map(
      files.map((file) => {
        const own = offset
        offset += file.size
        return [file.path, own]
      }),
    )
  }

  /** `digest`: that of the package, 64 hexadecimal digits. Throws PAYLOAD_DAMAGED. */
  static async open(path: string, digest: string): Promise<PartArchive> {
    let handle: FileHandle
    try {
      handle = await open(path, 'r')
    } catch (cause) {
      throw damaged(path, 'it cannot be read', cause)
    }
    try {
      const head = await readAt(handle, 0, firstLineBytes)
      const [, bytes] = /^moby-payload 1 (\d{10})\n$/.exec(head.toString('latin1')) ?? []
      const { size } = await handle.stat()
      if (bytes === undefined || Number(bytes) > size) throw damaged(path, 'its beginning is not one')
      const list = await readAt(handle, firstLineBytes, Number(bytes))
      const files = parseList(list)
      if (files === undefined || hash('sha256', filesText(files), 'hex') !== digest) {
        throw damaged(path, 'its list of files does not have its digest')
      }
      return new PartArchive(path, handle, files, firstLineBytes + list.length)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Pieces of a file, which it has. Throws PAYLOAD_DAMAGED, at the latest behind the last piece. */
  async *read(file: PayloadFile): AsyncGenerator<Buffer> {
    const start = this.#offsets.get(file.path) ?? 0
    const measured = createHash('sha256')
    for (let at = 0; at < file.size; at += pieceBytes) {
      const wanted = Math.min(pieceBytes, file.size - at)
      const piece = await readAt(this.#handle, start + at, wanted)
      if (piece.length < wanted) throw damaged(this.path, `it ends in the middle of ${file.path}`)
      measured.update(piece)
      yield piece
    }
    if (measured.digest('hex') !== file.digest) throw damaged(this.path, `${file.path} in it does not have its digest`)
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/** The error for kept files that are not what was kept. */
export function damaged(path: string, why: string, cause?: unknown): Error {
  return codedError('PAYLOAD_DAMAGED', `Kept files of a component are damaged: ${path}: ${why}`, {
    hint: `go to another generation (moby generations), or restore the component's own files as they were; remove ${path}, and it is kept anew as soon as they run`,
    details: { file: path },
    cause,
  })
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/** Of the right form only; whether it is the right list its digest says. */
function parseList(text: Buffer): readonly PayloadFile[] | undefined {
  try {
    const value = JSON.parse(text.toString('utf8')) as readonly PayloadFile[]
    return Array.isArray(value) && value.every(isFile) ? value : undefined
  } catch {
    return undefined
  }
}

function isFile({ path, isExecutable, size, digest }: PayloadFile): boolean {
  const types = [typeof path, typeof isExecutable, typeof digest].join()
  return types === 'string,boolean,string' && Number.isSafeInteger(size) && size >= 0
}
