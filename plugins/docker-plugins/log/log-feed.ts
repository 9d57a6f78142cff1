import { codedError, type Logger, type LogPosition, type LogRecord } from '@moby/contracts'
import { frameEntry, logAnswers, toEntry } from '@moby/lib-docker-plugin-protocol'
import type { Ask } from '../drivers/ask.ts'
import { DropQueue } from './drop-queue.ts'
import type { LogBook, LogBookEntry } from './log-book.ts'
import { readLogOptions } from './log-options.ts'
import { LogPipe } from './log-pipe.ts'
import { toPluginInfo } from './plugin-info.ts'

export interface LogFeedOptions {
  readonly entry: LogBookEntry
  readonly book: LogBook
  /** Folder of the FIFO. */
  readonly folder: string
  /** How the plugin sees a path in the folder. */
  readonly seen: (path: string) => string
  readonly ask: Ask
  /** Milliseconds for which a write waits for a plugin that reads nothing. */
  readonly stallMs: number
  readonly log: Logger
}

/** Milliseconds that the end of a log waits for a plugin to read what is there. */
const drainMs = 1_000

/**
 * One log on its way to a plugin: FIFO, position, and what the plugin has not read yet. A plugin that reads nothing
 * makes a write fail in time, or in mode non-blocking costs the newest entries, which are counted and told; it never
 * keeps anybody waiting for longer.
 */
export class LogFeed {
  readonly entry: LogBookEntry
  readonly #options: LogFeedOptions
  readonly #writer: ReturnType<LogBook['openPosition']>
  readonly #queue: DropQueue | undefined
  #position: LogPosition
  #pipe: LogPipe | undefined
  /** Frames that a pipe before this one was left with. */
  #takenBack: Buffer[] = []
  /** How much of a batch has gone out whose write failed: it comes again. */
  #partly: { readonly key: string; readonly count: number } | undefined
  #turn: Promise<unknown> = Promise.resolve()
  /** Frames of the batch under way that have gone out. */
  #count = 0
  #closing = false
  #closed = false

  constructor(options: LogFeedOptions) {
    this.#options = options
    this.entry = options.entry
    this.#position = options.book.positionOf(options.entry.log)
    this.#writer = options.book.openPosition(options.entry.log)
    const { mode, bufferBytes } = readLogOptions(options.entry.info.options)
    if (mode === 'non-blocking') {
      this.#queue = new DropQueue({
        bytes: bufferBytes,
        plugin: options.entry.plugin,
        write: (frame) => this.#inTurn(() => this.#deliver([frame], 0)),
        dropped: (count) =>
          options.log.warn('Log entries were dropped: the plugin does not read.', { log: options.entry.log, count }),
      })
    }
  }

  get position(): LogPosition {
    return this.#position
  }

  /** Gives the plugin a new FIFO, with what it had not read of the last one first. */
  async start(): Promise<void> {
    await this.#inTurn(() => this.#start())
  }

  async write(records: readonly LogRecord[], position: LogPosition): Promise<void> {
    if (reaches(this.#position, position)) return
    const frames = records.map((record) => frameEntry(toEntry(record)))
    if (this.#queue !== undefined) for (const frame of frames) this.#queue.add(frame)
    else await this.#inTurn(() => this.#deliverBatch(frames, position))
    this.#position = position
    this.#writer.write(position)
  }

  /** The end: what is there is given time to be read, then the plugin is told and the FIFO goes. */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    await this.#queue?.close(drainMs)
    this.#closed = true
    this.#pipe?.giveUp()
    await this.#inTurn(async () => {
      const pipe = this.#pipe
      this.#pipe = undefined
      this.#writer.close()
      if (pipe === undefined) return
      const { ask, entry, log, seen } = this.#options
      try {
        if (!(await pipe.isRead(drainMs))) log.warn('A log plugin did not read to the end.', { log: entry.log })
        await ask('LogDriver.StopLogging', logAnswers.Nothing, { File: seen(pipe.path) })
        await pipe.isRead(drainMs)
      } catch (error) {
        log.warn('A log plugin did not end a log.', { log: entry.log, error: String(error) })
      } finally {
        pipe.close()
      }
    })
  }

  async #start(): Promise<void> {
    const before = this.#pipe
    if (before !== undefined) {
      this.#takenBack = [...before.takeBack(), ...this.#takenBack]
      this.#pipe = undefined
      before.close()
    }
    const pipe = LogPipe.open(this.#options.folder)
    try {
      const body = { File: this.#options.seen(pipe.path), Info: toPluginInfo(this.entry.info) }
      await this.#options.ask('LogDriver.StartLogging', logAnswers.Nothing, body)
    } catch (error) {
      pipe.close()
      throw error
    }
    this.#pipe = pipe
  }

  async #deliverBatch(frames: readonly Buffer[], position: LogPosition): Promise<void> {
    const key = `${position.stdout} ${position.stderr}`
    const from = this.#partly?.key === key ? this.#partly.count : 0
    try {
      await this.#deliver(frames, from)
      this.#partly = undefined
    } catch (error) {
      this.#partly = { key, count: this.#count }
      throw error
    }
  }

  async #deliver(frames: readonly Buffer[], from: number): Promise<void> {
    this.#count = from
    if (this.#closed) throw codedError('LOG_NOT_FOUND', `The log ${this.entry.log} is closed`)
    if (this.#pipe === undefined) await this.#start()
    while (this.#takenBack.length > 0) {
      await this.#put(this.#takenBack[0] as Buffer)
      this.#takenBack.shift()
    }
    for (const frame of frames.slice(from)) {
      await this.#put(frame)
      this.#count += 1
    }
  }

  async #put(frame: Buffer): Promise<void> {
    const { stallMs, entry } = this.#options
    if (await (this.#pipe as LogPipe).write(frame, stallMs)) return
    throw codedError(
      'LOG_SINK_STALLED',
      `The log plugin ${entry.plugin} has read nothing of the log of ${entry.info.containerName} for ${stallMs} ms`,
      {
        hint: 'restart the plugin; or let containers go on without it: --log-opt mode=non-blocking',
        details: { plugin: entry.plugin, log: entry.log },
      },
    )
  }

  /** One after the other: frames of two writers must not mix. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

function reaches(held: LogPosition, wanted: LogPosition): boolean {
  return BigInt(held.stdout) >= BigInt(wanted.stdout) && BigInt(held.stderr) >= BigInt(wanted.stderr)
}
