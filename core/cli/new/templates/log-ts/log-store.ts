import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '../../../../../contracts/sdk/typescript/component.ts'
import { LogFile } from './log-file.ts'

/** The logs below one folder. */
export class LogStore {
  readonly #folder: string
  readonly #open = new Map<string, Promise<LogFile>>()
  readonly #ready = new Map<string, LogFile>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Logs that were open when the process ended are open again: the engine writes on without a word. */
  static async open(folder: string): Promise<LogStore> {
    const store = new LogStore(folder)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const file of await readdir(folder)) await store.open(file)
    return store
  }

  async open(log: string): Promise<LogFile> {
    const opening = this.#open.get(log) ?? LogFile.open(this.#path(log))
    this.#open.set(log, opening)
    const opened = await opening
    this.#ready.set(log, opened)
    return opened
  }

  /** Fails with LOG_NOT_FOUND for a log that is not open. */
  find(log: string): LogFile {
    const found = this.#ready.get(log)
    if (found !== undefined) return found
    throw new CodedError('LOG_NOT_FOUND', `there is no log ${log}`)
  }

  /** A log to be read, open or not. Fails with LOG_NOT_FOUND. */
  async read(log: string): Promise<LogFile> {
    if (this.#ready.has(log)) return this.find(log)
    if (!existsSync(this.#path(log))) this.find(log)
    const file = await LogFile.open(this.#path(log))
    await file.close()
    return file
  }

  async close(log: string): Promise<Record<string, never>> {
    const opened = await this.#open.get(log)
    this.#open.delete(log)
    this.#ready.delete(log)
    await opened?.close()
    return {}
  }

  async remove(log: string): Promise<Record<string, never>> {
    await this.close(log)
    await rm(this.#path(log), { force: true })
    return {}
  }

  async closeAll(): Promise<void> {
    for (const log of this.#open.keys()) await this.close(log)
  }

  #path(log: string): string {
    return join(this.#folder, log)
  }
}
