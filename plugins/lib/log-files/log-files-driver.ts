import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  codedError,
  implement,
  logDriver,
  type CallOptions,
  type Implementation,
  type Logger,
  type LogBatch,
  type LogInfo,
  type RequestOf,
} from '@moby/contracts'
import { Follower } from './follower.ts'
import { LogFile } from './log-file.ts'
import { openFiles } from './open-files.ts'
import { readLog, type Snapshot } from './read-log.ts'
import type { RecordEncoder, RecordFormat, Rotation } from './record-format.ts'

/** How the log of one container is written. */
export interface LogWriting {
  readonly rotation: Rotation
  readonly encoder: RecordEncoder
}

type ReadRequest = RequestOf<typeof logDriver, 'read'>

interface OpenLog {
  file: LogFile | undefined
  /** Ends when everything asked of this log so far is done. */
  last: Promise<unknown>
}

export interface LogFilesOptions {
  /** Holds a folder for each log. */
  readonly folder: string
  readonly format: RecordFormat
  /** Whether the engine tells where the file is. */
  readonly tellsPath: boolean
  /** Checks `--log-opt`. Errors: LOG_OPTION_INVALID. */
  readonly check: (options: Readonly<Record<string, string>>) => void
  /** Called at each opening. Errors: LOG_OPTION_INVALID. */
  readonly writingOf: (info: LogInfo) => LogWriting
  readonly log: Logger
}

/** `log.driver` in files on this host, `<folder>/<log>/<file>`, whose form is that of the driver. */
export class LogFilesDriver {
  readonly api: Implementation<typeof logDriver> = implement(logDriver, {
    capabilities: async () => ({ read: true }),
    validate: async ({ options }) => {
      this.#options.check(options)
      return {}
    },
    open: async ({ log, info }) => {
      const { format, tellsPath } = this.#options
      const writing = this.#options.writingOf(info)
      const path = this.#path(log)
      const file = await this.#serially(log, async (entry) => {
        await entry.file?.close()
        entry.file = undefined
        entry.file = await LogFile.open({ ...writing, path, format, log: this.#options.log })
        return entry.file
      })
      const { stdout, stderr } = file.position
      return { position: { stdout: String(stdout), stderr: String(stderr) }, ...(tellsPath ? { path } : {}) }
    },
    write: async ({ log, records, position }) => {
      await this.#serially(log, async ({ file }) => {
        if (file === undefined) throw unknownLog(log)
        await file.append(records, { stdout: Number(position.stdout), stderr: Number(position.stderr) })
      })
      return {}
    },
    read: (request, call) => this.#read(request, call),
    close: async ({ log }) => {
      await this.#serially(log, async (entry) => {
        await entry.file?.close()
        entry.file = undefined
      })
      return {}
    },
    remove: async ({ log }) => {
      await this.#serially(log, async (entry) => {
        await entry.file?.close()
        entry.file = undefined
        await rm(this.#folderOf(log), { recursive: true, force: true })
      })
      return {}
    },
  })

  readonly #options: LogFilesOptions
  readonly #logs = new Map<string, OpenLog>()

  constructor(options: LogFilesOptions) {
    this.#options = options
  }

  async close(): Promise<void> {
    await Promise.all([...this.#logs.keys()].map((log) => this.api.close({ log })))
  }

  #folderOf(log: string): string {
    return join(this.#options.folder, log)
  }

  #path(log: string): string {
    return join(this.#folderOf(log), this.#options.format.fileName(log))
  }

  async #serially<T>(log: string, work: (entry: OpenLog) => Promise<T>): Promise<T> {
    const entry = this.#logs.get(log) ?? { file: undefined, last: Promise.resolve() }
    this.#logs.set(log, entry)
    const result = entry.last.then(() => work(entry))
    const last = result.catch(() => undefined)
    entry.last = last
    try {
      return await result
    } finally {
      if (entry.file === undefined && entry.last === last) this.#logs.delete(log)
    }
  }

  async *#read(request: ReadRequest, call: CallOptions = {}): AsyncIterable<LogBatch> {
    const follower = request.follow === true ? new Follower() : undefined
    const stop = () => follower?.close()
    const { snapshot, file } = await this.#serially(request.log, async (entry) => {
      const snapshot = await this.#snapshot(request.log, entry.file)
      if (follower !== undefined && entry.file === undefined) follower.close()
      else if (follower !== undefined) entry.file?.follow(follower)
      return { snapshot, file: entry.file }
    })
    const remaining = request.until === undefined ? Infinity : Date.parse(request.until) - Date.now()
    const timer = remaining < 2 ** 31 ? setTimeout(stop, Math.max(0, remaining)) : undefined
    call.signal?.addEventListener('abort', stop)
    if (call.signal?.aborted === true) stop()
    let damaged = 0
    try {
      const { format } = this.#options
      yield* readLog(snapshot, request, { format, follower, damaged: () => (damaged += 1), signal: call.signal })
    } finally {
      clearTimeout(timer)
      call.signal?.removeEventListener('abort', stop)
      if (follower !== undefined) {
        file?.unfollow(follower)
        await follower.dispose()
      }
      if (damaged > 0) {
        this.#options.log.warn('A log has lines that cannot be read; they were left out.', {
          log: request.log,
          damaged,
        })
      }
    }
  }

  async #snapshot(log: string, file: LogFile | undefined): Promise<Snapshot> {
    const path = this.#path(log)
    if (file === undefined && !existsSync(this.#folderOf(log))) throw unknownLog(log)
    const files = await openFiles(path)
    return { files, size: file?.size ?? (await files.at(-1)?.handle.stat())?.size ?? 0 }
  }
}

function unknownLog(log: string): Error {
  return codedError('LOG_NOT_FOUND', `There is no log ${log}.`, { details: { log } })
}
