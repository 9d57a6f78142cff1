import { isCodedError, type DriverSet, type logDriver, type Logger } from '@moby/contracts'
import type { Table } from '../store/table.ts'

/** A log whose container is gone, and whose driver has not said yet that it removed it. */
export interface ForgottenLog {
  /** Name of the log: the id of its container. */
  readonly id: string
  readonly driver: string
}

/** Milliseconds that the removal of a container waits for that of its log. */
const patienceMs = 500
const firstPauseMs = 1_000
const longestPauseMs = 60_000

/** Errors that say nothing of the log, but that its driver cannot be asked now. */
const awayKinds = new Set(['unavailable', 'deadline'])

/**
 * Removes logs. A driver that is away or hangs holds no removal of a container up: its log is noted, over restarts of
 * the engine too, and removed when the driver answers again.
 */
export class ForgottenLogs {
  readonly #table: Table<ForgottenLog>
  readonly #drivers: DriverSet<typeof logDriver>
  readonly #log: Logger
  readonly #closing: AbortSignal
  /** Drivers that are tried again later, with the timer of each. */
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #asked = new Set<string>()

  constructor(parts: {
    table: Table<ForgottenLog>
    drivers: DriverSet<typeof logDriver>
    log: Logger
    closing: AbortSignal
  }) {
    this.#table = parts.table
    this.#drivers = parts.drivers
    this.#log = parts.log
    this.#closing = parts.closing
  }

  /** Removes a log, or has it removed later. Fails with what the driver says of the log itself. */
  async remove(driver: string, id: string): Promise<void> {
    const log: ForgottenLog = { id, driver }
    const removal = this.#ask(log)
    const outcome = await within(patienceMs, removal)
    if (outcome === true) return
    if (outcome !== undefined && !isAway(outcome)) throw outcome
    await this.#table.put(log, 'process')
    // It may have come just now, before there was a note to take away.
    void removal.then((late) => (late === true ? this.#table.delete(id, 'process') : undefined))
    const reason = outcome === undefined ? `no answer within ${patienceMs} ms` : outcome.message
    this.#log.warn('The log of a container that is removed waits for its driver.', { container: id, driver, reason })
    this.#plan(driver, firstPauseMs)
  }

  /** Tries all that wait, or those of one driver that is back. Never fails. */
  async attempt(driver?: string, pauseMs = firstPauseMs): Promise<void> {
    const waiting = this.#table.values().filter((each) => driver === undefined || each.driver === driver)
    const left = new Set<string>()
    for (const log of waiting) {
      if (this.#closing.aborted) return
      // The first that fails tells of its driver; the rest would tell the same.
      if (left.has(log.driver) || this.#asked.has(log.id)) continue
      if ((await this.#ask(log)) !== true) left.add(log.driver)
    }
    for (const each of left) this.#plan(each, pauseMs)
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  /** True when the log is gone; an error when it is not. The note of it goes with it. */
  async #ask({ id, driver }: ForgottenLog): Promise<true | Error> {
    this.#asked.add(id)
    try {
      await this.#drivers.get(driver).remove({ log: id })
      await this.#table.delete(id, 'process')
      return true
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      this.#asked.delete(id)
    }
  }

  #plan(driver: string, pauseMs: number): void {
    if (this.#timers.has(driver) || this.#closing.aborted) return
    const next = Math.min(longestPauseMs, pauseMs * 2)
    const timer = setTimeout(() => {
      this.#timers.delete(driver)
      void this.attempt(driver, next)
    }, pauseMs)
    this.#timers.set(driver, timer.unref())
  }
}

function isAway(error: Error): boolean {
  return isCodedError(error) && (error.code === 'DRIVER_UNKNOWN' || awayKinds.has(error.kind))
}

/** Undefined when the deadline came before. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), milliseconds)))
  return await Promise.race([work, deadline]).finally(() => clearTimeout(timer))
}
