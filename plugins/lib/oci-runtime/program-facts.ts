import { statSync } from 'node:fs'

/** What programs say of themselves, asked again when the file has changed, or when asking failed. */
export class ProgramFacts<Facts> {
  readonly #ask: (path: string) => Promise<Facts>
  readonly #known = new Map<string, { readonly file: string; readonly facts: Promise<Facts> }>()

  constructor(ask: (path: string) => Promise<Facts>) {
    this.#ask = ask
  }

  /** Fails as asking fails, and when there is no such file. */
  async of(path: string): Promise<Facts> {
    const { dev, ino, size, mtimeMs } = statSync(path)
    const file = [dev, ino, size, mtimeMs].join()
    const known = this.#known.get(path)
    if (known?.file === file) return await known.facts
    const asked = { file, facts: this.#ask(path) }
    this.#known.set(path, asked)
    try {
      return await asked.facts
    } catch (error) {
      if (this.#known.get(path) === asked) this.#known.delete(path)
      throw error
    }
  }
}
