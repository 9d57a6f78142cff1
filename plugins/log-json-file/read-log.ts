import type { FileHandle } from 'node:fs/promises'
import { codedError, type LogRecord } from '@moby/contracts'
import { sortableTime, type StoredRecord } from './decode-line.ts'
import { decodeLines } from './decode-lines.ts'
import type { Follower } from './follower.ts'
import { readBackward, readCompressed, readForward } from './read-lines.ts'

const coarseMs = 1000
/** What one batch may hold. */
const batchRecords = 4096

export interface ReadRequest {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly tail?: number | undefined
  readonly streams?: readonly LogRecord['stream'][] | undefined
}

/** The files of a log at one moment, oldest first, and how much of the last one counts. */
export interface Snapshot {
  readonly files: readonly { readonly handle: FileHandle; readonly compressed: boolean }[]
  readonly size: number
}

/**
 * Records of a log in the order written, in batches; with a follower, also what comes until it is closed. Lines
 * that cannot be read are left out and counted by `damaged`. Closes the handles. Fails with CANCELLED.
 */
export async function* readLog(
  snapshot: Snapshot,
  request: ReadRequest,
  options: { follower: Follower | undefined; damaged: () => void; signal: AbortSignal | undefined },
): AsyncIterable<LogRecord[]> {
  const { follower, damaged, signal } = options
  const handles = new Set(snapshot.files.map(({ handle }) => handle))
  const chosen = new Chosen(request)
  const decode = (lines: Buffer) => decodeLines(lines, damaged)
  try {
    const stored =
      request.tail === undefined ? readAll(snapshot, request.since, decode) : readTail(snapshot, request.tail, decode)
    const batches = follower === undefined ? [stored] : [stored, followLog(snapshot, follower, handles, decode)]
    for (const source of batches) {
      for await (const batch of source) {
        if (signal?.aborted === true) throw codedError('CANCELLED', 'The reading of the log was given up.')
        const records = chosen.of(batch)
        for (let at = 0; at < records.length; at += batchRecords) yield records.slice(at, at + batchRecords)
        if (chosen.ended) return
      }
    }
    if (signal?.aborted === true) throw codedError('CANCELLED', 'The reading of the log was given up.')
  } finally {
    await Promise.all([...handles].map((handle) => handle.close()))
  }
}

type Decode = (lines: Buffer) => StoredRecord[]

/** Leaves out files that were written last before `since`; clocks of files are coarse. */
async function* readAll(
  { files, size }: Snapshot,
  since: string | undefined,
  decode: Decode,
): AsyncIterable<StoredRecord[]> {
  const oldest = since === undefined ? 0 : Date.parse(since) - coarseMs
  for (const [index, { handle, compressed }] of files.entries()) {
    const isLast = index === files.length - 1
    const stat = await handle.stat()
    if (!isLast && stat.mtimeMs < oldest) continue
    if (compressed) {
      for await (const lines of readCompressed(handle)) yield decode(lines)
    } else {
      const end = isLast ? size : stat.size
      for await (const { lines } of readForward(handle, 0, end)) yield decode(lines)
    }
  }
}

/** The last `count` whole lines, read from the end; a line without end counts as one. */
async function* readTail({ files, size }: Snapshot, count: number, decode: Decode): AsyncIterable<StoredRecord[]> {
  const counter = new TailCounter(count)
  if (count > 0) {
    for (const [index, { handle, compressed }] of [...files.entries()].toReversed()) {
      if (compressed) {
        const records: StoredRecord[] = []
        for await (const lines of readCompressed(handle)) records.push(...decode(lines))
        counter.take(records.toReversed())
      } else {
        const end = index === files.length - 1 ? size : (await handle.stat()).size
        for await (const lines of readBackward(handle, end)) {
          counter.take(decode(lines).toReversed())
          if (counter.full) break
        }
      }
      if (counter.full) break
    }
  }
  yield counter.records()
}

/** Goes on where the snapshot ended, from file to file, until the follower is closed. */
async function* followLog(
  { files, size }: Snapshot,
  follower: Follower,
  handles: Set<FileHandle>,
  decode: Decode,
): AsyncIterable<StoredRecord[]> {
  let current = files.at(-1)?.handle
  let offset = size
  while (current !== undefined) {
    const { closed } = follower
    const next = follower.nextFile()
    const end = (await current.stat()).size
    if (end < offset) offset = 0
    for await (const batch of readForward(current, offset, end)) {
      offset = batch.offset
      yield decode(batch.lines)
    }
    if (next !== undefined) {
      handles.delete(current)
      await current.close()
      handles.add(next)
      current = next
      offset = 0
    } else if (closed) return
    else await follower.wait()
  }
}

/** Collects records from the last one back until it has so many lines. */
class TailCounter {
  readonly #limit: number
  readonly #records: StoredRecord[] = []
  readonly #seen = new Set<LogRecord['stream']>()
  #lines = 0
  full = false

  constructor(limit: number) {
    this.#limit = limit
  }

  take(records: readonly StoredRecord[]): void {
    for (const record of records) {
      const endsLine = record.whole || !this.#seen.has(record.stream)
      if (endsLine && this.#lines === this.#limit) {
        this.full = true
        return
      }
      if (endsLine) this.#lines += 1
      this.#seen.add(record.stream)
      this.#records.push(record)
    }
  }

  records(): StoredRecord[] {
    return this.#records.toReversed()
  }
}

/** What a request chooses by time and stream among the records, as they are handed out. */
class Chosen {
  readonly #since: string
  readonly #until: string | undefined
  readonly #streams: ReadRequest['streams']
  readonly #pieces = new PieceNumbers()
  /** True once there was a record later than `until`. */
  ended = false

  constructor({ since, until, streams }: ReadRequest) {
    this.#streams = streams
    this.#since = since === undefined ? '' : (sortableTime(since) ?? '')
    this.#until = until === undefined ? undefined : sortableTime(until)
  }

  of(batch: readonly StoredRecord[]): LogRecord[] {
    const records: LogRecord[] = []
    for (const record of batch) {
      if (this.#until !== undefined && record.time > this.#until) {
        this.ended = true
        break
      }
      const numbered = this.#pieces.number(record)
      const isWanted = record.time >= this.#since && this.#streams?.includes(record.stream) !== false
      if (isWanted) records.push(numbered)
    }
    return records
  }
}

/** Gives the pieces of a line their numbers; the file itself does not keep them. */
class PieceNumbers {
  readonly #open = new Map<LogRecord['stream'], { id: string; ordinal: number }>()
  #count = 0

  number({ stream, time, line, whole }: StoredRecord): LogRecord {
    if (whole && this.#open.size === 0) return { stream, time, line }
    let piece = this.#open.get(stream)
    if (whole && piece === undefined) return { stream, time, line }
    if (piece === undefined) {
      this.#count += 1
      piece = { id: `${stream}-${this.#count}`, ordinal: 0 }
      this.#open.set(stream, piece)
    }
    piece.ordinal += 1
    if (whole) this.#open.delete(stream)
    return { stream, time, line, partial: { id: piece.id, ordinal: piece.ordinal, last: whole } }
  }
}
