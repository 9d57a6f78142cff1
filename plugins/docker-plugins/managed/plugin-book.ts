import { codedError, type Change, type Implementation, type Logger, type stateStore } from '@moby/contracts'
import { familiarReference, parseReference, withDefaultTag } from '@moby/contracts/reference'
import type { PluginRecord } from './plugin-record.ts'

const prefix = 'docker-plugins/'
const pageSize = 1000

/** The records of the managed plugins, held in memory and written through to the state of the engine. */
export class PluginBook {
  readonly #store: Implementation<typeof stateStore>
  readonly #records = new Map<string, PluginRecord>()
  #isInDoubt = false

  private constructor(store: Implementation<typeof stateStore>) {
    this.#store = store
  }

  /** What is no record stays where it is, and is told. */
  static async load(store: Implementation<typeof stateStore>, log: Logger): Promise<PluginBook> {
    const book = new PluginBook(store)
    for (let after: string | undefined; ;) {
      const page = await store.list({ prefix, limit: pageSize, ...(after === undefined ? {} : { after }) })
      for (const { key, value } of page.entries) {
        const record = value as PluginRecord | null
        if (record?.id === key.slice(prefix.length)) book.#records.set(record.id, record)
        else log.error('A record of a plugin cannot be read.', { key })
      }
      after = page.entries.at(-1)?.key
      if (!page.more || after === undefined) return book
    }
  }

  /** By name. */
  all(): PluginRecord[] {
    return [...this.#records.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  byName(name: string): PluginRecord | undefined {
    return this.all().find((record) => record.name === name)
  }

  get(id: string): PluginRecord | undefined {
    return this.#records.get(id)
  }

  /** By name, id or beginning of an id. Fails with PLUGIN_NOT_FOUND or PLUGIN_AMBIGUOUS. */
  find(ref: string): PluginRecord {
    const exact = this.#records.get(ref)
    if (exact !== undefined) return exact
    const name = nameOf(ref)
    if (name === undefined) throw notFound(ref)
    const named = this.byName(name)
    if (named !== undefined) return named
    const [first, second] = this.all().filter(({ id }) => id.startsWith(ref))
    if (first === undefined) throw notFound(ref)
    if (second === undefined) return first
    throw codedError('PLUGIN_AMBIGUOUS', `multiple plugins found for ${JSON.stringify(ref)}`, { details: { ref } })
  }

  /** Survives a loss of power when it answers. */
  async put(record: PluginRecord): Promise<void> {
    await this.#commit({ put: prefix + record.id, value: record })
    this.#records.set(record.id, record)
  }

  async delete(id: string): Promise<void> {
    await this.#commit({ delete: prefix + id })
    this.#records.delete(id)
  }

  /** A commit has failed, and may have been done all the same: nothing that a record could name may go. */
  get isInDoubt(): boolean {
    return this.#isInDoubt
  }

  async #commit(change: Change): Promise<void> {
    try {
      await this.#store.commit({ changes: [change], durability: 'power-loss' })
    } catch (error) {
      this.#isInDoubt = true
      throw error
    }
  }
}

/** The familiar form with tag; undefined for what can be no name of a plugin. */
function nameOf(ref: string): string | undefined {
  try {
    const reference = parseReference(ref)
    return reference.digest === undefined ? familiarReference(withDefaultTag(reference)) : undefined
  } catch {
    return undefined
  }
}

function notFound(ref: string) {
  return codedError('PLUGIN_NOT_FOUND', `plugin ${JSON.stringify(ref)} not found`, { details: { ref } })
}
