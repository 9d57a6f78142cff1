/** Steps that take back what was done, run in reverse order; one that fails does not keep the others from running. */
export class Undo {
  readonly #steps: (() => unknown)[] = []

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  async run(onFailure: (error: unknown) => void): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) {
      try {
        await step()
      } catch (error) {
        onFailure(error)
      }
    }
  }
}
