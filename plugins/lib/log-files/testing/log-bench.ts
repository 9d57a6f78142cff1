import { readdirSync, readlinkSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger, LogRecord, RequestOf, logDriver } from '@moby/contracts'
import { afterEach, beforeEach, expect } from 'vitest'
import type { LogFilesDriver } from '../log-files-driver.ts'
import { recordBytes } from '../record-bytes.ts'
import { info, record } from './samples.ts'

/** A driver of log files, as its tests make it. */
export interface LogKind {
  readonly open: (folder: string, log: Logger) => LogFilesDriver
  /** Name of the current file of a log `log`. */
  readonly file: string
}

type ReadRequest = Omit<RequestOf<typeof logDriver, 'read'>, 'log'>

/** A driver with one log, anew for each test; at the end of a test none of its files may be open. */
export class LogBench {
  folder = ''
  driver!: LogFilesDriver
  readonly #kind: LogKind
  readonly warnings: string[] = []
  /** Position of the log in the standard output of its container. */
  reached = 0

  private constructor(kind: LogKind) {
    this.#kind = kind
  }

  static use(kind: LogKind): LogBench {
    const bench = new LogBench(kind)
    beforeEach(async () => {
      bench.folder = await mkdtemp(join(tmpdir(), 'log-'))
      bench.renew()
      bench.warnings.length = 0
    })
    afterEach(async () => {
      await bench.driver.close()
      expect(bench.opened()).toBe(0)
      await rm(bench.folder, { recursive: true, force: true })
    })
    return bench
  }

  get path(): string {
    return join(this.folder, 'log', this.#kind.file)
  }

  /** Another driver on the same folder, as after a restart. */
  renew(): void {
    const ignore = () => undefined
    this.driver = this.#kind.open(this.folder, {
      debug: ignore,
      info: ignore,
      warn: (message) => this.warnings.push(message),
      error: ignore,
    })
  }

  /** Files of the logs that this process has open. */
  opened(): number {
    return readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(this.folder)
      } catch {
        return false
      }
    }).length
  }

  /** One file that is never compressed, unless told: drivers have defaults of their own. */
  readonly open = (options: Record<string, string> = {}) =>
    this.driver.api.open({ log: 'log', info: { ...info, options: { 'max-file': '1', compress: 'false', ...options } } })

  /** Names of the files of the log. */
  readonly files = async (): Promise<string[]> => (await readdir(join(this.folder, 'log'))).toSorted()

  /** Appends records as an engine does, from where the log is. */
  readonly write = async (...records: LogRecord[]): Promise<void> => {
    for (const each of records) this.reached += recordBytes(each)
    await this.driver.api.write({ log: 'log', records, position: { stdout: String(this.reached), stderr: '0' } })
  }

  readonly start = async (options: Record<string, string> = {}): Promise<void> => {
    this.reached = Number((await this.open(options)).position.stdout)
  }

  readonly read = async (request: ReadRequest = {}, onLine: () => void = () => undefined): Promise<string[]> => {
    const lines: string[] = []
    for await (const batch of this.driver.api.read({ log: 'log', ...request })) {
      for (const { line, partial } of batch) {
        lines.push(
          Buffer.from(line).toString() + (partial === undefined ? '' : `~${partial.ordinal}${partial.last ? '.' : ''}`),
        )
        onLine()
      }
    }
    return lines
  }

  /** A reader that follows, and the moment at which it has its first line. */
  readonly follow = (request: ReadRequest = {}) => {
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    return { following: this.read({ ...request, follow: true }, resolve), begun }
  }

  readonly writeNumbers = async (from: number, to: number): Promise<void> => {
    for (let number = from; number < to; number += 1) await this.write(record(`line ${number}`, number))
  }
}

/** What `writeNumbers` writes. */
export function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `line ${from + index}`)
}
