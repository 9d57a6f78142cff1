import { createHash } from 'node:crypto'

/**
 * Whether a mutant, by its name, is one of the sample of one in so many. It depends on the name alone, so that every run
 * takes the same ones.
 */
export function isChosen(name: string, oneIn: number): boolean {
  return oneIn <= 1 || createHash('sha256').update(name).digest().readUInt32BE(0) % oneIn === 0
}
