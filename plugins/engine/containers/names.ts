import { codedError } from '@moby/contracts'
import { randomInt } from 'node:crypto'
import { adjectives, surnames } from './name-words.ts'

const rule = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/
const longest = 255

/** Checks a name and takes the slash away that Docker clients may put before it. Fails with CONTAINER_NAME_INVALID. */
export function checkName(name: string): string {
  if (!rule.test(name) || name.length > longest) {
    throw codedError(
      'CONTAINER_NAME_INVALID',
      `Invalid container name (${name.slice(0, longest)}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    )
  }
  return name.replace(/^\//, '')
}

/** A name such as `steady_hamming`, with a number once the plain ones seem to be taken. */
export function generateName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt += 1) {
    const plain = `${pick(adjectives)}_${pick(surnames)}`
    const name = attempt < 6 ? plain : `${plain}${randomInt(10 ** Math.min(attempt - 5, 9))}`
    if (!isTaken(name)) return name
  }
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? 'plain'
}
