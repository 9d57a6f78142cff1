import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Logger, LogInfo, LogPosition } from '@moby/contracts'

/** What is kept of a log over restarts of the engine. */
export interface LogBookEntry {
  readonly plugin: string
  readonly log: string
  readonly info: LogInfo
}

const digits = 20

/**
 * Which logs go to plugins, and how far. Docker's protocol has no acknowledgement and no question for it, so the engine
 * keeps the position itself: a small file a log, rewritten in place by one write, which a killed engine leaves whole.
 */
export class LogBook {
  readonly #folder: string
  readonly #log: Logger

  constructor(folder: string, log: Logger) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#folder = folder
    this.#log = log
  }

  /** Every log that was opened and not removed. */
  all(): LogBookEntry[] {
    return readdirSync(this.#folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => this.find(file.slice(0, -'.json'.length)) ?? [])
  }

  find(log: string): LogBookEntry | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#folder, `${log}.json`), 'utf8')) as LogBookEntry
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log.warn('What was noted of a log cannot be read.', { log, error: String(error) })
      }
      return undefined
    }
  }

  put(entry: LogBookEntry): void {
    const file = join(this.#folder, `${entry.log}.json`)
    writeFileSync(`${file}.new`, JSON.stringify(entry), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  /** How far a log reaches; nothing for a new one. */
  positionOf(log: string): LogPosition {
    try {
      const [stdout = '', stderr = ''] = readFileSync(join(this.#folder, `${log}.position`), 'latin1').split(' ')
      return { stdout: String(BigInt(stdout)), stderr: String(BigInt(stderr)) }
    } catch {
      return { stdout: '0', stderr: '0' }
    }
  }

  /** A writer of positions; to be closed. */
  openPosition(log: string): { write(position: LogPosition): void; close(): void } {
    const descriptor = openSync(join(this.#folder, `${log}.position`), 'a+', 0o600)
    closeSync(descriptor)
    const file = openSync(join(this.#folder, `${log}.position`), 'r+')
    return {
      write: ({ stdout, stderr }) => {
        writeSync(file, `${stdout.padStart(digits, '0')} ${stderr.padStart(digits, '0')}`, 0)
      },
      close: () => closeSync(file),
    }
  }

  remove(log: string): void {
    for (const ending of ['json', 'position']) rmSync(join(this.#folder, `${log}.${ending}`), { force: true })
  }
}
