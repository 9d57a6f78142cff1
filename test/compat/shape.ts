/** Stands for a value that is known by its type alone. */
export type Shape = string | { readonly [key: string]: Shape } | readonly Shape[]

/**
 * Keys and types of a JSON value. The items of a list are taken together as one: `[]` for an empty list, else a list
 * of the different shapes in it.
 */
export function shapeOf(value: unknown): Shape {
  if (value === null) return '<null>'
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((each) => [JSON.stringify(shapeOf(each)), shapeOf(each)]))
    return [...shapes.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, shape]) => shape)
  }
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]))
  }
  return `<${typeof value}>`
}
