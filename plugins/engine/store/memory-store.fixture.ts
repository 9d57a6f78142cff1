import { implement, stateStore, type Implementation } from '@moby/contracts'

/** A state store in memory, whose commits a test can hold or fail. */
export class MemoryStore {
  readonly entries = new Map<string, { value: unknown; revision: number }>()
  revision = 0
  fail: Error | undefined
  /** Answers of commits wait here until the test lets them go. */
  held: (() => void)[] | undefined

  readonly api: Implementation<typeof stateStore> = implement(stateStore, {
    info: async () => ({ schemaVersion: 1, revision: String(this.revision) }),
    get: async () => ({}),
    list: async ({ prefix, after = '', limit = 1000 }) => {
      const keys = [...this.entries.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
      const entries = keys.slice(0, limit).map((key) => {
        const entry = this.entries.get(key)
        return { key, value: entry?.value, revision: String(entry?.revision) }
      })
      return { entries, revision: String(this.revision), more: keys.length > limit }
    },
    commit: async ({ changes }) => {
      if (this.fail !== undefined) throw this.fail
      this.revision += 1
      const revision = String(this.revision)
      for (const change of changes) {
        if ('put' in change) this.entries.set(change.put, { value: change.value, revision: this.revision })
        else this.entries.delete(change.delete)
      }
      const { held } = this
      if (held !== undefined) await new Promise<void>((resolve) => held.push(resolve))
      return { revision }
    },
    // oxlint-disable-next-line require-yield -- the tests never read it: it fails before its first item
    watch: async function* () {
      throw new Error('not used')
    },
  })
}
