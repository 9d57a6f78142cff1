import { expect } from 'vitest'

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** What an error with this code matches. */
export function code(expected: string): unknown {
  return expect.objectContaining({ code: expected })
}
