/**
 * Every value at a path of an object, `spec.privileged`. Keys count in any case, as Docker's engine reads them: with two
 * spellings of one key both values are there. In a list every item is looked into.
 */
export function readValues(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => readValues(item, path))
  const [key, ...rest] = path
  if (key === undefined) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .filter(([name]) => name.toLowerCase() === key.toLowerCase())
    .flatMap(([, inner]) => readValues(inner, rest))
}
