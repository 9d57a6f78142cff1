import {
  codedError,
  hasCode,
  implement,
  logDriver as contract,
  type ItemOf,
  type Logger,
  type LogRecord,
  type RequestOf,
} from '@moby/contracts'
import { EntryReader, fromReadEntry, logAnswers, toNanoseconds, zeroTime } from '@moby/lib-docker-plugin-protocol'
import type { LogBook } from '../log/log-book.ts'
import { LogFeed } from '../log/log-feed.ts'
import { readLogOptions } from '../log/log-options.ts'
import { toPluginInfo } from '../log/plugin-info.ts'
import type { Plugin } from '../plugin.ts'
import { askOf } from './ask.ts'

/** Milliseconds for which a write waits for a plugin that reads nothing. */
const stallMs = 5_000
/** Milliseconds after the end of a log in which its followers may still get entries. */
const followerMs = 500
/** Records of one batch, by the contract. */
const mostRecords = 4096

/** Docker's LogDriver as a driver of `log.driver`, with the logs that it has open. */
export class LogPlugin {
  readonly driver
  readonly #plugin: Plugin
  readonly #book: LogBook
  readonly #folder: string
  readonly #log: Logger
  readonly #feeds = new Map<string, LogFeed>()
  readonly #followers = new Map<string, Set<AbortController>>()

  constructor(parts: { plugin: Plugin; book: LogBook; folder: string; log: Logger }) {
    this.#plugin = parts.plugin
    this.#book = parts.book
    this.#folder = parts.folder
    this.#log = parts.log
    this.driver = implement(contract, {
      capabilities: async (_request, call) => ({ read: await this.#canRead(call?.signal) }),
      validate: async ({ options }) => {
        readLogOptions(options)
        return {}
      },
      open: async ({ log, info }) => ({ position: (await this.#open(log, info)).position }),
      write: async ({ log, records, position }) => {
        await this.#feedOf(log).write(records, position)
        return {}
      },
      read: (request, call) => this.#read(request, call?.signal),
      close: async ({ log }) => {
        await this.#close(log)
        return {}
      },
      remove: async ({ log }) => {
        await this.#close(log)
        this.#book.remove(log)
        return {}
      },
    })
  }

  /** The plugin has started again: it knows nothing of the logs that are open. */
  async restart(): Promise<void> {
    for (const feed of this.#feeds.values()) {
      await feed.start().catch((error: unknown) => {
        this.#log.warn('A log plugin that is back did not take up a log.', {
          log: feed.entry.log,
          error: String(error),
        })
      })
    }
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#feeds.keys()].map((log) => this.#close(log)))
  }

  async #open(log: string, info: RequestOf<typeof contract, 'open'>['info']): Promise<LogFeed> {
    const known = this.#feeds.get(log)
    if (known !== undefined) return known
    const entry = { plugin: this.#plugin.name, log, info }
    const isNew = this.#book.find(log) === undefined
    readLogOptions(info.options)
    const ask = askOf(this.#plugin, 'log')
    const seen = (path: string) => this.#plugin.toPlugin(path)
    const feed = new LogFeed({ entry, book: this.#book, folder: this.#folder, seen, ask, stallMs, log: this.#log })
    try {
      await feed.start()
    } catch (error) {
      // A container that runs already must not be lost because its plugin is away: the first write starts the log.
      if (isNew || !hasCode(error, 'PLUGIN_AWAY', 'PLUGIN_SILENT')) {
        await feed.close()
        if (isNew) this.#book.remove(log)
        throw error
      }
      this.#log.warn('A log waits for its plugin.', { log, plugin: entry.plugin, error: error.message })
    }
    this.#book.put(entry)
    this.#feeds.set(log, feed)
    return feed
  }

  #feedOf(log: string): LogFeed {
    const feed = this.#feeds.get(log)
    if (feed !== undefined) return feed
    throw codedError('LOG_NOT_FOUND', `The log ${log} is not open at the plugin ${this.#plugin.name}`)
  }

  async #close(log: string): Promise<void> {
    const feed = this.#feeds.get(log)
    this.#feeds.delete(log)
    await feed?.close()
    const followers = this.#followers.get(log) ?? []
    // A plugin ends these streams itself after their last entry; one that does not is not waited for.
    setTimeout(() => [...followers].forEach((follower) => follower.abort()), followerMs).unref()
  }

  async #canRead(signal?: AbortSignal): Promise<boolean> {
    try {
      const ask = askOf(this.#plugin, 'log')
      return (await ask('LogDriver.Capabilities', logAnswers.Capabilities, undefined, { signal })).Cap.ReadLogs
    } catch (error) {
      if (hasCode(error, 'PLUGIN_REFUSED')) return false
      throw error
    }
  }

  async *#read(
    request: RequestOf<typeof contract, 'read'>,
    signal?: AbortSignal,
  ): AsyncGenerator<ItemOf<typeof contract, 'read'>> {
    const { log, since, until, tail, follow = false, streams } = request
    const entry = this.#book.find(log)
    if (entry === undefined) throw codedError('LOG_NOT_FOUND', `The plugin ${this.#plugin.name} has no log ${log}`)
    if (!(await this.#canRead(signal))) {
      throw codedError('LOG_NOT_READABLE', `The log plugin ${this.#plugin.name} does not read back what it was given`)
    }
    const ending = new AbortController()
    const isFollowing = follow && this.#feeds.has(log)
    if (isFollowing) this.#follow(log, ending)
    const config = {
      Since: since ?? zeroTime,
      Until: until ?? zeroTime,
      Tail: tail ?? -1,
      Follow: isFollowing,
    }
    const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal])
    try {
      const body = { Info: toPluginInfo(entry.info), Config: config }
      const answer = await this.#plugin.stream('log', 'LogDriver.ReadLogs', body, { signal: either })
      // Plugins should heed these, but some do not.
      const isWanted = ({ stream, time }: LogRecord) =>
        (streams === undefined || streams.includes(stream)) &&
        (since === undefined || toNanoseconds(time) >= toNanoseconds(since))
      const isLate = ({ time }: LogRecord) => until !== undefined && toNanoseconds(time) > toNanoseconds(until)
      for await (const records of recordsOf(answer, this.#plugin.name)) {
        const late = records.findIndex(isLate)
        const batch = (late === -1 ? records : records.slice(0, late)).filter(isWanted)
        if (batch.length > 0) yield batch
        if (late !== -1) break
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error
    } finally {
      this.#followers.get(log)?.delete(ending)
    }
  }

  #follow(log: string, ending: AbortController): void {
    const followers = this.#followers.get(log) ?? new Set<AbortController>()
    this.#followers.set(log, followers.add(ending))
  }
}

/** What each chunk of the connection completes, in batches. */
async function* recordsOf(chunks: AsyncIterable<Buffer>, plugin: string): AsyncGenerator<LogRecord[]> {
  const reader = new EntryReader()
  try {
    for await (const chunk of chunks) {
      const records = reader.push(chunk).map(fromReadEntry)
      for (let at = 0; at < records.length; at += mostRecords) yield records.slice(at, at + mostRecords)
    }
  } catch (cause) {
    if (hasCode(cause, 'PLUGIN_AWAY', 'CANCELLED')) throw cause
    throw codedError('PLUGIN_ANSWER_INVALID', `The log plugin ${plugin} answered with what are no log entries`, {
      cause,
    })
  }
  if (reader.pending > 0) {
    throw codedError('PLUGIN_ANSWER_INVALID', `The log plugin ${plugin} ended its answer within a log entry`)
  }
}
