import { invalidRequest } from './api-error.ts'
import { Filters } from './filters.ts'

/** The query of a request, read as Docker reads it. */
export class Query {
  readonly #values: URLSearchParams
  readonly #asked = new Set<string>()
  #filterKeys: readonly string[] | undefined

  constructor(search: string) {
    this.#values = new URLSearchParams(search)
  }

  /** The first value, empty when there is none. */
  text(key: string): string {
    return this.#take(key) ?? ''
  }

  /** The first value, undefined when there is none or it is empty. */
  maybe(key: string): string | undefined {
    return this.#take(key) || undefined
  }

  all(key: string): string[] {
    this.#asked.add(key)
    return this.#values.getAll(key)
  }

  has(key: string): boolean {
    this.#asked.add(key)
    return this.#values.has(key)
  }

  /** False for nothing, 0, no, false and none; true for anything else. */
  bool(key: string, absent = false): boolean {
    const value = this.#take(key)
    if (value === null) return absent
    return !['', '0', 'no', 'false', 'none'].includes(value.trim().toLowerCase())
  }

  /** A decimal integer; undefined when the value is absent or empty. */
  integer(key: string): number | undefined {
    const value = this.maybe(key)
    if (value === undefined) return undefined
    const number = Number(value)
    if (!/^[+-]?\d+$/.test(value) || !Number.isSafeInteger(number)) {
      throw invalidRequest(`invalid value for ${key}: ${JSON.stringify(value)} is not an integer`)
    }
    return number
  }

  /** Both spellings of `filters`; a key outside `accepted` is refused. */
  filters(accepted: readonly string[]): Filters {
    this.#filterKeys = accepted
    return Filters.parse(this.text('filters')).check(accepted)
  }

  /** What was asked for, there or not. */
  get asked(): ReadonlySet<string> {
    return this.#asked
  }

  /** The filters that were asked for; undefined when nobody asked. */
  get filterKeys(): readonly string[] | undefined {
    return this.#filterKeys
  }

  #take(key: string): string | null {
    this.#asked.add(key)
    return this.#values.get(key)
  }
}
