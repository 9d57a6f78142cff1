import { codedError } from '@moby/contracts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { Table } from '../store/table.ts'
import type { NetworkRecord } from './network-record.ts'

/** The networks by id, name or beginning of an id. */
export class NetworkStore {
  readonly table: Table<NetworkRecord>

  readonly #claims = new KeyedLock()

  constructor(table: Table<NetworkRecord>) {
    this.table = table
  }

  /**
   * Runs what persists a new endpoint or the beginning of a removal: one at a time, so that no network is removed under
   * an endpoint that is just being made.
   */
  claim<T>(work: () => Promise<T>): Promise<T> {
    return this.#claims.run('', work)
  }

  /** Fails with NETWORK_NOT_KNOWN for a network that is being removed. */
  requireReady(id: string): void {
    const network = this.get(id)
    if (network?.status !== 'ready') throw codedError('NETWORK_NOT_KNOWN', `network ${network?.name ?? id} not found`)
  }

  get(id: string): NetworkRecord | undefined {
    return this.table.get(id)
  }

  /** Those that users see. */
  list(): NetworkRecord[] {
    return this.table.values().filter((network) => network.status === 'ready')
  }

  byName(name: string): NetworkRecord | undefined {
    return this.list().find((network) => network.name === name)
  }

  /** Fails with NETWORK_NOT_KNOWN or NETWORK_AMBIGUOUS. */
  find(ref: string): NetworkRecord {
    const exact = this.list().find((network) => network.id === ref) ?? this.byName(ref)
    if (exact !== undefined) return exact
    const found = this.list().filter((network) => network.id.startsWith(ref))
    if (found.length > 1) {
      throw codedError('NETWORK_AMBIGUOUS', `network ${ref} is ambiguous (${found.length} matches found on ID prefix)`)
    }
    if (found[0] === undefined || ref === '') throw codedError('NETWORK_NOT_KNOWN', `network ${ref} not found`)
    return found[0]
  }
}
