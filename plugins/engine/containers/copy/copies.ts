interface Entry {
  readonly access: 'read' | 'write'
  readonly gone: AbortController
  readonly done: Promise<void>
}

/** Those who have the files of one container open for a copy. */
export class Copies {
  readonly #entries = new Set<Entry>()
  /** How many of them use its volumes while it does not run itself. */
  users = 0

  /** `leave` is to be called as soon as the files are closed. */
  enter(access: 'read' | 'write'): { readonly signal: AbortSignal; readonly leave: () => void } {
    const { promise: done, resolve } = Promise.withResolvers<void>()
    const entry: Entry = { access, gone: new AbortController(), done }
    this.#entries.add(entry)
    const leave = () => {
      this.#entries.delete(entry)
      resolve()
    }
    return { signal: entry.gone.signal, leave }
  }

  /** Settles when those who write by now are done; undefined when nobody does. */
  writersDone(): Promise<unknown> | undefined {
    const writers = [...this.#entries].filter(({ access }) => access === 'write')
    return writers.length === 0 ? undefined : Promise.all(writers.map(({ done }) => done))
  }

  /**
   * Ends all of them, for `reason`, and waits until nobody writes. Who reads is not waited for: it may be for a client
   * that takes nothing, and harms nobody.
   */
  async end(reason: Error): Promise<void> {
    for (const { gone } of this.#entries) gone.abort(reason)
    await this.writersDone()
  }
}
