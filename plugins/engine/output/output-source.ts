import { closeSync, constants, openSync } from 'node:fs'
import { codedError } from '@moby/contracts'
import { openFifo, setPipeSize, watchReadable } from '@moby/lib-linux'
import type { Spool } from './spool.ts'

/** What the container may be ahead of its slowest reader, besides what is in the pipe. */
const backlogLimit = 1024 * 1024
/** The same once the process has ended: at most what was in its pipes. */
const finishLimit = 8 * 1024 * 1024
const pipeSize = 1024 * 1024
/** Slices taken in one turn of the event loop. */
const slicesPerTurn = 4
/** Milliseconds in which output comes together where only logs follow it. */
const gatherMs = 3
/** Milliseconds until a spool that could not be written is tried again. */
const retryMs = 500

/** One who follows a stream. Nothing behind `position` is given up. */
export interface SourceReader {
  position: number
  /** May make the process wait without end. */
  readonly patient: boolean
  /** Called after every change: more bytes, the end, `failure`. */
  readonly wake: () => void
  /** Set when it did not read for too long while the container had to wait for it. */
  failure?: Error
}

/**
 * One output stream of a process: FIFO → spool → readers, each at its own pace. While the slowest is
 * too far behind, nothing is taken from the FIFO, so that the process waits when that is full.
 */
export class OutputSource {
  readonly #path: string
  readonly #spool: Spool
  readonly #stallMs: number
  readonly #trouble: (error: unknown) => void
  readonly #readers = new Set<SourceReader>()
  #descriptor: number | undefined
  #watch: { close(): void } | undefined
  #scheduled = false
  #gathering: NodeJS.Timeout | undefined
  #stalled: NodeJS.Timeout | undefined
  #finishing = false
  #closed = false
  readonly #finished = Promise.withResolvers<void>()

  /**
   * `stallMs`: how long a reader that stands still may make the process wait. `trouble` is told when the
   * spool cannot be written, for want of space for example; the process waits meanwhile.
   */
  constructor(path: string, spool: Spool, options: { stallMs: number; trouble: (error: unknown) => void }) {
    this.#path = path
    this.#spool = spool
    this.#stallMs = options.stallMs
    this.#trouble = options.trouble
    this.#descriptor = openFifo(path)
    setPipeSize(this.#descriptor, pipeSize)
  }

  /** Begins to take output. Before, readers that must miss nothing are added; without any it is dropped. */
  start(): void {
    this.#schedule()
  }

  /** Nothing will be added to the spool any more. */
  get ended(): boolean {
    return this.#descriptor === undefined
  }

  /** Resolves when it has. */
  get finished(): Promise<void> {
    return this.#finished.promise
  }

  get end(): number {
    return this.#spool.end
  }

  /** Adds a reader that begins at a position. */
  follow(position: number, reader: Pick<SourceReader, 'patient' | 'wake'>): SourceReader {
    const added: SourceReader = { ...reader, position: Math.max(position, this.#spool.start) }
    this.#readers.add(added)
    return added
  }

  leave(reader: SourceReader): void {
    this.#readers.delete(reader)
    this.#moved()
  }

  /** Bytes at a position, none when there are none yet. */
  read(position: number, length: number): Buffer {
    return this.#spool.read(position, length)
  }

  /** The reader has no use for what is before this position. */
  advance(reader: SourceReader, position: number): void {
    reader.position = position
    this.#moved()
  }

  /**
   * The process has ended: from now on the stream ends when its last writer is gone. What is left in
   * the pipe goes to the spool, whether readers keep up or not.
   */
  finish(): void {
    if (this.#descriptor === undefined || this.#finishing) return
    this.#finishing = true
    const readOnly = openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK)
    this.#unwatch()
    closeSync(this.#descriptor)
    this.#descriptor = readOnly
    this.#turn()
  }

  /** Takes nothing more; readers still get what is in the spool. */
  stop(): void {
    if (this.#descriptor === undefined) return
    this.#unwatch()
    clearTimeout(this.#stalled)
    closeSync(this.#descriptor)
    this.#descriptor = undefined
    this.#finished.resolve()
    this.#wake()
  }

  /** Stops, and closes the spool when the last reader has left, or has not read for too long. */
  close(): void {
    this.stop()
    this.#closed = true
    this.#moved()
    if (this.#readers.size > 0) this.#guardStall()
  }

  removeSpool(): void {
    this.#spool.remove()
  }

  #turn(): void {
    this.#scheduled = false
    this.#stopGathering()
    try {
      this.#take()
    } catch (error) {
      this.#unwatch()
      this.#trouble(error)
      setTimeout(() => this.#schedule(), retryMs).unref()
    }
  }

  #take(): void {
    for (let count = 0; count < slicesPerTurn && this.#descriptor !== undefined; count += 1) {
      if (!this.#hasRoom()) {
        this.#unwatch()
        this.#guardStall()
        return
      }
      const moved = this.#spool.fill(this.#descriptor)
      if (moved === 'again') {
        if (count > 0 && this.#onlyLogsFollow()) this.#gather()
        else this.#watch ??= watchReadable(this.#descriptor, () => this.#turn())
        return
      }
      if (moved === 'end') {
        this.stop()
        return
      }
      this.#wake()
      this.#release()
    }
    this.#schedule()
  }

  #onlyLogsFollow(): boolean {
    return [...this.#readers].every(({ patient }) => patient)
  }

  /** A process that writes line by line would have the engine run for each of them. */
  #gather(): void {
    this.#unwatch()
    this.#gathering = setTimeout(() => this.#turn(), gatherMs)
  }

  #schedule(): void {
    if (this.#scheduled || this.#descriptor === undefined) return
    this.#scheduled = true
    this.#unwatch()
    setImmediate(() => this.#turn())
  }

  #moved(): void {
    this.#release()
    if (this.#closed && this.#readers.size === 0) {
      clearTimeout(this.#stalled)
      this.#spool.close()
      return
    }
    if (this.#stalled !== undefined && this.#hasRoom()) {
      clearTimeout(this.#stalled)
      this.#stalled = undefined
      this.#schedule()
    }
  }

  #hasRoom(): boolean {
    return this.#spool.end - this.#slowest() < (this.#finishing ? finishLimit : backlogLimit)
  }

  #slowest(): number {
    let slowest = this.#spool.end
    for (const { position } of this.#readers) slowest = Math.min(slowest, position)
    return slowest
  }

  #wake(): void {
    for (const { wake } of this.#readers) wake()
  }

  /**
   * After `close` nothing is given up: what a log did not take is for the next one to follow. A segment
   * that cannot be given up now is given up with the next one.
   */
  #release(): void {
    if (this.#closed) return
    try {
      this.#spool.release(this.#slowest())
    } catch (error) {
      this.#trouble(error)
    }
  }

  #guardStall(): void {
    clearTimeout(this.#stalled)
    const before = new Map([...this.#readers].map((reader) => [reader, reader.position]))
    this.#stalled = setTimeout(() => this.#cutStalled(before), this.#stallMs)
    this.#stalled.unref()
  }

  #cutStalled(before: ReadonlyMap<SourceReader, number>): void {
    for (const reader of this.#readers) {
      const behind = this.#closed || (!reader.patient && this.#spool.end - reader.position >= backlogLimit)
      if (!behind || reader.position !== before.get(reader)) continue
      reader.failure = codedError('OUTPUT_TOO_SLOW', `Output was not read for ${this.#stallMs} ms and has been cut.`, {
        hint: 'Attach again; `logs` shows what was missed.',
      })
      this.#readers.delete(reader)
      reader.wake()
    }
    this.#stalled = undefined
    if (this.#closed) {
      this.#moved()
      if (this.#readers.size > 0) this.#guardStall()
    } else if (this.#hasRoom()) this.#schedule()
    else this.#guardStall()
  }

  #unwatch(): void {
    this.#stopGathering()
    this.#watch?.close()
    this.#watch = undefined
  }

  #stopGathering(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
  }
}
