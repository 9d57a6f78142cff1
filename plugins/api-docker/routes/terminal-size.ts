import { invalidRequest } from '../wire/api-error.ts'
import type { Query } from '../wire/query.ts'

/** Kernel's struct winsize holds 16 bits each. */
const largest = 65_535

/** The `h` and `w` of a resize. */
export function terminalSize(query: Query): { height: number; width: number } {
  return { height: side(query, 'h', 'height'), width: side(query, 'w', 'width') }
}

function side(query: Query, key: string, name: string): number {
  const written = query.text(key)
  if (!/^-?\d+$/.test(written))
    throw invalidRequest(`invalid resize ${name} ${JSON.stringify(written)}: invalid syntax`)
  const size = Number(written)
  if (size < 0 || size > largest) {
    throw invalidRequest(`invalid resize ${name} ${JSON.stringify(written)}: value out of range`)
  }
  return size
}
