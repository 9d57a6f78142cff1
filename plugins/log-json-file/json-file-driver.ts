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
  type RequestOf,
} from '@moby/contracts'
import { checkTag, lineAttributes } from './attributes.ts'
import { Follower } from './follower.ts'
import { LogFile, openFiles } from './log-file.ts'
import { readOptions, type LogDefaults } from './options.ts'
import { readLog, type Snapshot } from './read-log.ts'

type ReadRequest = RequestOf<typeof logDriver, 'read'>

interface OpenLog {
  file: LogFile | undefined
  /** Ends when everything asked of this log so far is done. */
  last: Promise<unknown>
}

/** `log.driver` in the files of dockerd's json-file driver: `<folder>/<log>/<log>-json.log`. */
export class JsonFileDriver {
  readonly api: Implementation<typeof logDriver> = implement(logDriver, {
    capabilities: async () => ({ read: true }),
    validate: async ({ options }) => {
      checkTag(readOptions(options, this.#defaults).tag)
      return {}
    },
    open: async ({ log, info }) => {
      const options = readOptions(info.options, this.#defaults)
      const attributes = lineAttributes(options, info)
      const file = await this.#serially(log, async (entry) => {
        await entry.file?.close()
        entry.file = undefined
        entry.file = await LogFile.open({
          path: this.#path(log),
          options,
          attributes: attributes === undefined ? '' : JSON.stringify(attributes),
          log: this.#log,
        })
        return entry.file
      })
      const { stdout, stderr } = file.position
      return { position: { stdout: String(stdout), stderr: String(stderr) }, path: this.#path(log) }
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
        await rm(join(this.#folder, log), { recursive: true, force: true })
      })
      return {}
    },
  })

  readonly #folder: string
  #defaults: LogDefaults
  readonly #log: Logger
  readonly #logs = new Map<string, OpenLog>()

  constructor(options: { folder: string; defaults: LogDefaults; log: Logger }) {
    this.#folder = options.folder
    this.#defaults = options.defaults
    this.#log = options.log
  }

  /** For logs that are opened from now on. */
  takeDefaults(defaults: LogDefaults): void {
    this.#defaults = defaults
  }

  async close(): Promise<void> {
    await Promise.all([...this.#logs.keys()].map((log) => this.api.close({ log })))
  }

  #path(log: string): string {
    return join(this.#folder, log, `${log}-json.log`)
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
      yield* readLog(snapshot, request, { follower, damaged: () => (damaged += 1), signal: call.signal })
    } finally {
      clearTimeout(timer)
      call.signal?.removeEventListener('abort', stop)
      if (follower !== undefined) {
        file?.unfollow(follower)
        await follower.dispose()
      }
      if (damaged > 0) {
        this.#log.warn('A log has lines that cannot be read; they were left out.', { log: request.log, damaged })
      }
    }
  }

  async #snapshot(log: string, file: LogFile | undefined): Promise<Snapshot> {
    const path = this.#path(log)
    if (file === undefined && !existsSync(join(this.#folder, log))) throw unknownLog(log)
    const files = await openFiles(path)
    return { files, size: file?.size ?? (await files.at(-1)?.handle.stat())?.size ?? 0 }
  }
}

function unknownLog(log: string): Error {
  return codedError('LOG_NOT_FOUND', `There is no log ${log}.`, { details: { log } })
}
