import { codedError } from '@moby/contracts'

/** The `filters` parameter: keys with sets of values. */
export class Filters {
  readonly #values: ReadonlyMap<string, readonly string[]>

  private constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  /** Reads `{"label":{"a=1":true}}` and `{"label":["a=1"]}`. Fails with FILTER_INVALID. */
  static parse(json: string): Filters {
    const values = new Map<string, readonly string[]>()
    if (json === '') return new Filters(values)
    for (const [key, entry] of Object.entries(parseObject(json))) values.set(key, valuesOf(entry))
    return new Filters(values)
  }

  /** Fails with FILTER_INVALID for a key that is not one of these. */
  check(accepted: readonly string[]): this {
    for (const key of this.#values.keys()) {
      if (!accepted.includes(key)) throw invalidFilter(` '${key}'`)
    }
    return this
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  get(key: string): readonly string[] {
    return this.#values.get(key) ?? []
  }

  /** The values, or undefined without any: the form that optional keys of a request take. */
  maybe(key: string): string[] | undefined {
    const values = this.get(key)
    return values.length === 0 ? undefined : [...values]
  }

  /** The one value of a key, undefined without it; several are refused. */
  one(key: string): string | undefined {
    const values = this.get(key)
    if (values.length > 1) throw codedError('FILTER_INVALID', `more than one ${key} filter specified`)
    return values[0]
  }

  bool(key: string): boolean | undefined {
    if (!this.has(key)) return undefined
    const values = this.get(key)
    const isTrue = values.includes('1') || values.includes('true')
    const isFalse = values.includes('0') || values.includes('false')
    if (isTrue === isFalse) throw invalidFilter(` '${key}=[${values.join(' ')}]'`)
    return isTrue
  }
}

/** FILTER_INVALID with Docker's beginning of the message. */
export function invalidFilter(rest: string) {
  return codedError('FILTER_INVALID', `invalid filter${rest}`)
}

function parseObject(json: string): object {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw invalidFilter('')
  }
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw invalidFilter('')
  return value
}

function valuesOf(entry: unknown): string[] {
  if (entry === null) return []
  const values: unknown[] = Array.isArray(entry) ? entry : typeof entry === 'object' ? Object.keys(entry) : [undefined]
  if (!values.every((value) => typeof value === 'string')) throw invalidFilter('')
  if (!Array.isArray(entry) && !Object.values(entry as object).every((flag) => typeof flag === 'boolean')) {
    throw invalidFilter('')
  }
  return [...new Set(values)]
}
