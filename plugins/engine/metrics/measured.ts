import type { Histogram } from './histogram.ts'

/**
 * The same object, whose named methods are timed: what they do is observed under the name that is told when it has gone
 * well. A stream counts until its end.
 */
export function measured<T extends object>(
  target: T,
  actions: Readonly<Partial<Record<keyof T & string, string>>>,
  histogram: Histogram,
): T {
  const wrappers = new Map<PropertyKey, unknown>()
  for (const [method, action] of Object.entries(actions) as [keyof T & string, string][]) {
    const inner = target[method] as (...args: unknown[]) => unknown
    wrappers.set(method, (...args: unknown[]) => time(() => inner.apply(target, args), action, histogram))
  }
  return new Proxy(target, {
    get(_, key) {
      const wrapper = wrappers.get(key)
      if (wrapper !== undefined) return wrapper
      // Private fields are those of the target alone.
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

function time(call: () => unknown, action: string, histogram: Histogram): unknown {
  const begun = performance.now()
  const observe = () => histogram.observe(action, (performance.now() - begun) / 1000)
  const result = call()
  if (isStream(result)) return timedStream(result, observe)
  return (async () => {
    const answer = await result
    observe()
    return answer
  })()
}

async function* timedStream(items: AsyncIterable<unknown>, observe: () => void): AsyncIterable<unknown> {
  yield* items
  observe()
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
