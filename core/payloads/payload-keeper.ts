import type { ComponentPayload, LockEntry, Logger } from '@moby/contracts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import type { KeptPayloads } from './kept-payloads.ts'

/** An entry and the files that it was verified with. */
export interface EntryPayload {
  readonly name: string
  readonly locked: LockEntry
  readonly payload: ComponentPayload
}

export interface KeeperParts {
  readonly kept: KeptPayloads
  readonly log: Logger
  /** Milliseconds after the start until that is kept which need not be kept at once. */
  readonly laterMs: number
}

/** Bytes up to which a component that stands alone is kept before the engine is ready. */
const smallBytes = 4 << 20

/**
 * Decides when the files of components are kept (decision 26): what somebody may edit in place and is small while the
 * engine starts, everything else when it has been up for a while, and whatever is missing before a change.
 */
export class PayloadKeeper {
  readonly #parts: KeeperParts
  #later: readonly EntryPayload[] = []
  #after: () => Promise<void> = async () => undefined
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** Of an assembly that starts. Never fails: what cannot be kept is told in the log. `after`: what follows the rest. */
  async begin(entries: readonly EntryPayload[], after: () => Promise<void>): Promise<void> {
    const missing = entries.filter(
      ({ payload }) => payload.parts !== undefined && !this.#parts.kept.has(payload.digest),
    )
    this.#later = missing.filter((entry) => !isSmall(entry))
    this.#after = after
    this.#timer = setTimeout(() => void this.settle(), this.#parts.laterMs).unref()
    this.#work = this.#keepOrTell(missing.filter(isSmall))
    await this.#work
  }

  /** Keeps what was left for later, and answers when it is. Never fails. */
  async settle(): Promise<void> {
    clearTimeout(this.#timer)
    const [later, after] = [this.#later, this.#after]
    this.#later = []
    this.#after = async () => undefined
    const before = this.#work
    this.#work = (async () => {
      await before
      await this.#keepOrTell(later)
      if (!this.#isClosed) await after()
    })()
    await this.#work
  }

  /** Of an assembly that is to take over. Throws as `KeptPayloads.keep`. */
  async keep(entries: readonly EntryPayload[]): Promise<void> {
    for (const { locked, payload } of entries) await this.#parts.kept.keep(locked, payload)
  }

  /** Ends with the component at which it is; the rest is for the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#work
  }

  async #keepOrTell(entries: readonly EntryPayload[]): Promise<void> {
    for (const { name, locked, payload } of entries) {
      if (this.#isClosed) return
      try {
        await this.#parts.kept.keep(locked, payload)
      } catch (error) {
        this.#parts.log.warn(
          'the files of a component are not kept, and a rollback to this generation needs them as they are',
          {
            entry: name,
            reason: reasonOf(error),
          },
        )
      }
    }
  }
}

function isSmall({ payload: { parts = [] } }: EntryPayload): boolean {
  const [own, ...others] = parts
  if (own?.name !== '' || others.length > 0) return false
  return own.files.reduce((total, { size }) => total + size, 0) <= smallBytes
}
