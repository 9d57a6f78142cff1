/** Choices that look like chance and are the same for the same seed (the generator mulberry32), so that a failure comes again. */
export class Chance {
  readonly seed: number
  #state: number

  constructor(seed: number) {
    this.seed = seed
    this.#state = seed >>> 0
  }

  /** A whole number from 0 on, less than `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }
}

/** Runs steps one after another; a failure tells all that came before it. */
export async function follow<S>(
  steps: readonly S[],
  tell: (step: S) => string,
  run: (step: S) => Promise<void>,
): Promise<void> {
  for (const [at, step] of steps.entries()) {
    try {
      await run(step)
    } catch (error) {
      if (error instanceof Error) {
        error.message = `${error.message}, at the end of: ${steps
          .slice(0, at + 1)
          .map(tell)
          .join('; ')}`
      }
      throw error
    }
  }
}
