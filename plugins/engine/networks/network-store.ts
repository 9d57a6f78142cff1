import { codedError } from '@moby/contracts'
import type { Table } from '../store/table.ts'
import type { NetworkRecord } from './network-record.ts'

/** The networks by id, name or beginning of an id. */
export class NetworkStore {
  readonly table: Table<NetworkRecord>

  constructor(table: Table<NetworkRecord>) {
    this.table = table
  }

  get(id: string): NetworkRecord | undefined {
    return this.table.get(id)
  }

  /** Those that users see. */
  list(): NetworkRecord[] {
    return this.table.values().filter((network) => network.status !== 'creating')
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
