import { readFileSync } from 'node:fs'
import type { Table } from '../store/table.ts'
import type { Write } from '../store/write.ts'

/** Tells one boot of the host from another. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** What an operation needs that no image needs yet, kept under `leases/<id>`. */
export interface LeaseRecord {
  readonly id: string
  /** The boot of the host that it was written in: what was not flushed then is not to be trusted after another. */
  readonly boot: string
  readonly digests: readonly string[]
  /** Driver and chainID, with a space between. */
  readonly chains: readonly string[]
  /** RFC 3339. */
  readonly expiresAt: string
}

export interface Needs {
  readonly digests?: readonly string[]
  readonly chains?: readonly string[]
}

/** A lease in use. What it holds is kept as long as it lives, and after a break until it expires. */
export interface Lease {
  /** Holds more, as long as the engine lives. */
  hold(needs: Needs): void
  /** What is held is kept over the death of the engine once this answers. */
  persist(): Promise<void>
  /** Lets go. What was held is kept until the lease expires, for who goes on with it. */
  release(): void
  /** Prepares the end of it, together with the record that needs its content from then on. */
  ending(): Write[]
  /** Ends it at once: what was held may be swept. */
  end(): Promise<void>
}

export interface LeaseParts {
  readonly table: Table<LeaseRecord>
  readonly boot: string
  /** Milliseconds. */
  readonly lifetime: number
  readonly now: () => number
}

/**
 * Content and layers that must not be swept although no image needs them: of operations under way, and of ones that
 * broke off, so that they can be gone on with.
 */
export class LeaseStore {
  readonly #parts: LeaseParts
  readonly #live = new Map<string, Set<Needs>>()

  constructor(parts: LeaseParts) {
    this.#parts = parts
  }

  /** Opens a lease, or the one that a broken operation of the same id has left. Nothing is written yet. */
  open(id: string, needs: Needs): Lease {
    const held: Needs[] = []
    const hold = (more: Needs) => {
      held.push(more)
      const all = this.#live.get(id) ?? new Set()
      this.#live.set(id, all.add(more))
    }
    const release = () => {
      const all = this.#live.get(id)
      for (const each of held.splice(0)) all?.delete(each)
      if (all?.size === 0) this.#live.delete(id)
    }
    hold(needs)
    return {
      hold,
      persist: () => this.#write(id),
      release,
      ending: () => {
        release()
        const isWritten = this.#parts.table.has(id) && !this.#live.has(id)
        return isWritten ? [this.#parts.table.deleting(id)] : []
      },
      end: async () => {
        release()
        if (!this.#live.has(id)) await this.#parts.table.delete(id, 'process')
      },
    }
  }

  holdsDigest(digest: string): boolean {
    return this.#some(({ digests }) => digests?.includes(digest) === true)
  }

  holdsChain(driver: string, chainId: string): boolean {
    return this.#some(({ chains }) => chains?.includes(`${driver} ${chainId}`) === true)
  }

  /** Leases that are not in use, and have expired or are of an earlier boot of the host. */
  expired(): LeaseRecord[] {
    return this.#parts.table.values().filter((record) => !this.#live.has(record.id) && !this.#isValid(record))
  }

  /** Removes the leases that have expired. */
  async expire(): Promise<void> {
    for (const { id } of this.expired()) {
      // It may be in use again meanwhile.
      if (!this.#live.has(id)) await this.#parts.table.delete(id, 'process')
    }
  }

  #some(holds: (needs: Needs) => boolean): boolean {
    for (const all of this.#live.values()) for (const needs of all) if (holds(needs)) return true
    return this.#parts.table.values().some((record) => this.#isValid(record) && holds(record))
  }

  #isValid({ boot, expiresAt }: LeaseRecord): boolean {
    return boot === this.#parts.boot && Date.parse(expiresAt) > this.#parts.now()
  }

  async #write(id: string): Promise<void> {
    const { table, boot, lifetime, now } = this.#parts
    const before = table.get(id)
    const all = [...(before?.boot === boot ? [before] : []), ...(this.#live.get(id) ?? [])]
    const record: LeaseRecord = {
      id,
      boot,
      digests: [...new Set(all.flatMap(({ digests = [] }) => digests))],
      chains: [...new Set(all.flatMap(({ chains = [] }) => chains))],
      expiresAt: new Date(now() + lifetime).toISOString(),
    }
    await table.put(record, 'process')
  }
}
