/** Which exporters of which sessions send their image to the engine, while their build runs. */
export class ExpectedImages {
  readonly #builds = new Map<string, number>()

  /** Answers with what ends the expectation. */
  expect(session: string, exporters: readonly number[]): () => void {
    const keys = exporters.map((exporter) => `${session}/${exporter}`)
    for (const key of keys) this.#builds.set(key, (this.#builds.get(key) ?? 0) + 1)
    return () => {
      for (const key of keys) {
        const left = (this.#builds.get(key) ?? 1) - 1
        if (left === 0) this.#builds.delete(key)
        else this.#builds.set(key, left)
      }
    }
  }

  isExpected(session: string, exporter: number): boolean {
    return this.#builds.has(`${session}/${exporter}`)
  }
}
