import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { isDeepStrictEqual } from 'node:util'

const home = join(import.meta.dirname, '../..')

/** What is kept of a file: the digest of its text, and the value of that text. */
interface Known {
  readonly digest: string
  readonly value: unknown
}

/**
 * Values of documents that were parsed before, one for each file of this tree, in the folder where compiled code is kept
 * too. To parse the descriptors, the lock and the manifest of an assembly takes a command a third of its time, and they
 * change seldom (decision 28). Whatever is wrong with the folder, the document is parsed.
 */
export class KnownValues {
  readonly #folder: string
  readonly #tree: string

  constructor(folder: string = join(home, '.cache/documents'), tree: string = home) {
    this.#folder = folder
    this.#tree = tree
  }

  /** The value of a text, where the file had this text when it was parsed last. */
  get(file: string, text: string): unknown {
    if (!this.#isOurs(file)) return undefined
    try {
      const known = JSON.parse(readFileSync(this.#placeOf(file), 'utf8')) as Known
      return known.digest === digestOf(text) ? known.value : undefined
    } catch {
      return undefined
    }
  }

  /** Keeps a value that JSON can tell. */
  put(file: string, text: string, value: unknown): void {
    if (!this.#isOurs(file)) return
    const place = this.#placeOf(file)
    const made = `${place}.${process.pid}`
    try {
      const known = JSON.stringify({ digest: digestOf(text), value } satisfies Known)
      if (!isDeepStrictEqual((JSON.parse(known) as Known).value, value)) return
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(made, known)
      renameSync(made, place)
    } catch {
      // A tree that others own, or a number that JSON has not.
    }
  }

  /** Files elsewhere, of tests and of data roots, come and go; those of this tree are a hundred. */
  #isOurs(file: string): boolean {
    const path = resolve(file)
    return path.startsWith(`${this.#tree}/`) && !/\/(node_modules|payloads)\//.test(path)
  }

  #placeOf(file: string): string {
    return join(this.#folder, `${digestOf(resolve(file)).slice(0, 16)}.json`)
  }
}

function digestOf(text: string): string {
  return hash('sha256', text)
}
