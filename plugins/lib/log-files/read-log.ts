import type { FileHandle } from 'node:fs/promises'
import { codedError, type LogRecord } from '@moby/contracts'
import { ChosenRecords } from './chosen-records.ts'
import type { Follower } from './follower.ts'
import type { OpenedFile } from './open-files.ts'
import { readBackward, readCompressed, readForward } from './read-records.ts'
import type { RecordFormat, StoredRecord } from './record-format.ts'
import { RecordTail } from './record-tail.ts'

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
  readonly files: readonly OpenedFile[]
  readonly size: number
}

/**
 * Records of a log in the order written, in batches; with a follower, also what comes until it is closed. What
 * cannot be read is left out and told by `damaged`. Closes the handles. Fails with CANCELLED.
 */
export async function* readLog(
  snapshot: Snapshot,
  request: ReadRequest,
  options: {
    format: RecordFormat
    follower: Follower | undefined
    damaged: () => void
    signal: AbortSignal | undefined
  },
): AsyncIterable<LogRecord[]> {
  const { follower, signal } = options
  const handles = new Set(snapshot.files.map(({ handle }) => handle))
  const chosen = new ChosenRecords(request)
  try {
    const stored =
      request.tail === undefined ? readAll(snapshot, request.since, options) : readTail(snapshot, request.tail, options)
    const batches = follower === undefined ? [stored] : [stored, followLog(snapshot, follower, handles, options)]
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

interface Reading {
  readonly format: RecordFormat
  readonly damaged: () => void
}

/** Leaves out files that were written last before `since`; clocks of files are coarse. */
async function* readAll(
  { files, size }: Snapshot,
  since: string | undefined,
  { format, damaged }: Reading,
): AsyncIterable<StoredRecord[]> {
  const oldest = since === undefined ? 0 : Date.parse(since) - coarseMs
  for (const [index, { handle, compressed }] of files.entries()) {
    const isLast = index === files.length - 1
    const stat = await handle.stat()
    if (!isLast && stat.mtimeMs < oldest) continue
    if (compressed) {
      yield* readCompressed(handle, format, damaged)
    } else {
      const part = { from: 0, to: isLast ? size : stat.size }
      for await (const { records } of readForward(handle, format, part, damaged)) yield records
    }
  }
}

/** The last `count` whole lines, read from the end; a line without end counts as one. */
async function* readTail(
  { files, size }: Snapshot,
  count: number,
  { format, damaged }: Reading,
): AsyncIterable<StoredRecord[]> {
  const counter = new RecordTail(count)
  if (count > 0) {
    for (const [index, { handle, compressed }] of [...files.entries()].toReversed()) {
      if (compressed) {
        const records: StoredRecord[] = []
        for await (const batch of readCompressed(handle, format, damaged)) records.push(...batch)
        counter.take(records.toReversed())
      } else {
        const end = index === files.length - 1 ? size : (await handle.stat()).size
        for await (const batch of readBackward(handle, format, end, damaged)) {
          counter.take(batch.toReversed())
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
  { format, damaged }: Reading,
): AsyncIterable<StoredRecord[]> {
  let current = files.at(-1)?.handle
  let offset = size
  while (current !== undefined) {
    const { closed } = follower
    const next = follower.nextFile()
    const end = (await current.stat()).size
    if (end < offset) offset = 0
    const part = { from: offset, to: end, growing: true }
    for await (const batch of readForward(current, format, part, damaged)) {
      offset = batch.offset
      yield batch.records
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
