import { implement, stateStore, type Implementation } from '@moby/contracts'

/** A state store in memory. `dieAt` makes the commit of that number fail before or after it is done, as a kill does. */
export class MemoryState {
  readonly entries = new Map<string, unknown>()
  dieAt: { readonly commit: number; readonly done: boolean } | undefined
  commits = 0

  readonly api: Implementation<typeof stateStore> = implement(stateStore, {
    info: async () => ({ schemaVersion: 1, revision: '0' }),
    get: async () => ({}),
    list: async ({ prefix }) => {
      const keys = [...this.entries.keys()].filter((key) => key.startsWith(prefix)).toSorted()
      const entries = keys.map((key) => ({ key, value: structuredClone(this.entries.get(key)), revision: '0' }))
      return { entries, revision: '0', more: false }
    },
    commit: async ({ changes }) => {
      this.commits += 1
      const dies = this.dieAt?.commit === this.commits
      if (!dies || this.dieAt?.done === true) {
        for (const change of changes) {
          if ('put' in change) this.entries.set(change.put, structuredClone(change.value))
          else this.entries.delete(change.delete)
        }
      }
      if (dies) throw new Error('the engine died')
      return { revision: '0' }
    },
    watch: () => {
      throw new Error('not used')
    },
  })
}
