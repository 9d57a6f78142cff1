import { setImmediate, setTimeout } from 'node:timers/promises'
import {
  hasCode,
  type Implementation,
  type LogInfo,
  type Logger,
  type LogRecord,
  type logDriver,
} from '@moby/contracts'
import type { Clock } from '../clock/clock.ts'
import { LineSplitter } from './line-splitter.ts'
import type { OutputSource, SourceReader } from './output-source.ts'
import { Wakeup } from './wakeup.ts'

type Stream = LogRecord['stream']

/** Bounds of one write, so that splitting and formatting take a few milliseconds at most. */
const bytesPerRead = 64 * 1024
const recordsPerStream = 2000
/** What several streams leave of a write, one may have. */
const recordsPerWrite = 4000

const firstRetryMs = 50
const longestRetryMs = 1000

export interface LogTarget {
  readonly driver: Implementation<typeof logDriver>
  readonly logId: string
  readonly info: LogInfo
}

interface Lane {
  readonly stream: Stream
  readonly source: OutputSource
  readonly reader: SourceReader
  readonly splitter: LineSplitter
  flushed: boolean
}

/**
 * Carries the output of a process to its log, in order and acknowledged: what the driver has not
 * confirmed stays in the spool. A driver that fails is tried again and again; the process waits.
 */
export class LogPump {
  readonly #target: LogTarget
  readonly #clock: Clock
  readonly #log: Logger
  readonly #lanes: Lane[]
  readonly #position: { stdout: string; stderr: string }
  readonly #wakeup = new Wakeup()
  readonly #done = Promise.withResolvers<void>()
  #abandoned = false
  /** Since when the driver owes an answer, by the monotonic clock; absent while it owes none. */
  #owedSince: number | undefined

  constructor(options: {
    target: LogTarget
    sources: ReadonlyMap<Stream, OutputSource>
    position: { stdout: string; stderr: string }
    clock: Clock
    log: Logger
  }) {
    this.#target = options.target
    this.#clock = options.clock
    this.#log = options.log
    this.#position = { ...options.position }
    this.#lanes = [...options.sources].map(([stream, source]) => {
      const wake = () => this.#wakeup.notify()
      const reader = source.follow(Number(options.position[stream]), { patient: true, wake })
      const splitter = new LineSplitter(stream, reader.position, options.clock)
      return { stream, source, reader, splitter, flushed: false }
    })
    void this.#run()
      .catch((error: unknown) => {
        this.#log.error('Output could not be read back for its log.', { log: this.#target.logId, error: String(error) })
      })
      .then(() => this.#leave())
  }

  /** Resolves once all that will ever come has been acknowledged, or after `abandon`. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  /** Milliseconds for which the driver has not taken what it was given; 0 while it owes nothing. */
  get stalledMs(): number {
    return this.#owedSince === undefined ? 0 : performance.now() - this.#owedSince
  }

  /**
   * Waits until all is acknowledged, for as long as the driver gets on. False as soon as it has not answered for
   * `patienceMs`, be it that it hung before, and after `deadlineMs` in any case.
   */
  async settle(limits: { readonly patienceMs: number; readonly deadlineMs: number }): Promise<boolean> {
    const until = performance.now() + limits.deadlineMs
    const done = this.#done.promise.then(() => true)
    // Once at least: what is done already is done, however long the driver took for it.
    for (let left = 0; ;) {
      const late = new AbortController()
      const timer = setTimeout(left, false, { signal: late.signal }).catch(() => false)
      const isDone = await Promise.race([done, timer])
      late.abort()
      if (isDone) return true
      left = Math.min(limits.patienceMs - this.stalledMs, until - performance.now())
      if (left <= 0) return false
    }
  }

  /** Gives up, also a write that does not return; the next pump goes on from what was acknowledged. */
  abandon(): void {
    this.#abandoned = true
    this.#leave()
    this.#wakeup.notify()
  }

  #leave(): void {
    for (const { source, reader } of this.#lanes.splice(0)) source.leave(reader)
    this.#done.resolve()
  }

  async #run(): Promise<void> {
    while (!this.#abandoned) {
      const records: LogRecord[] = []
      this.#clock.now()
      for (const lane of this.#lanes) this.#take(lane, records)
      for (const { splitter } of this.#lanes) splitter.take(records, recordsPerWrite - records.length)
      if (records.length > 0) {
        await this.#write(records)
        for (const { source, reader, splitter } of this.#lanes) source.advance(reader, splitter.position)
        await setImmediate()
      } else if (this.#lanes.every((lane) => lane.flushed)) return
      else await this.#wakeup.wait()
    }
  }

  #take(lane: Lane, records: LogRecord[]): void {
    const { source, splitter } = lane
    const before = records.length
    splitter.take(records, recordsPerStream)
    while (records.length === before) {
      const data = source.read(splitter.next, bytesPerRead)
      if (data.length === 0) {
        if (source.ended && !lane.flushed) {
          splitter.flush(records)
          lane.flushed = true
        }
        return
      }
      splitter.push(data)
      splitter.take(records, recordsPerStream)
    }
  }

  async #write(records: LogRecord[]): Promise<void> {
    const { driver, logId, info } = this.#target
    for (const { stream, splitter } of this.#lanes) this.#position[stream] = String(splitter.position)
    const request = { log: logId, records, position: { ...this.#position } }
    this.#owedSince = performance.now()
    for (let pause = firstRetryMs; !this.#abandoned; pause = Math.min(pause * 2, longestRetryMs)) {
      try {
        await driver.write(request)
        this.#owedSince = undefined
        return
      } catch (error) {
        if (pause === firstRetryMs) {
          this.#log.warn('A log cannot be written; the container waits once its buffers are full.', {
            log: logId,
            error: String(error),
          })
        }
        await setTimeout(pause, undefined, { ref: false })
        if (hasCode(error, 'LOG_NOT_FOUND')) await driver.open({ log: logId, info }).catch(() => undefined)
      }
    }
  }
}
