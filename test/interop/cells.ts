import process from 'node:process'

/** The checks of a comparison, each told as it ends; one that fails does not keep the others from running. */
export class Cells {
  readonly #word: string | undefined
  #passed = 0
  #failed = 0

  /** With a word: only those whose title has it. */
  constructor(word?: string) {
    this.#word = word
  }

  async run(title: string, show: () => Promise<void>): Promise<void> {
    if (this.#word !== undefined && !title.includes(this.#word)) return
    try {
      await show()
      this.#passed += 1
      console.log(`ok      ${title}`)
    } catch (error) {
      this.#failed += 1
      console.log(`FAILED  ${title}\n        ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Says how many passed. Nothing that ran is a failure, too. */
  finish(): void {
    console.log(`${this.#passed} passed, ${this.#failed} failed`)
    if (this.#failed > 0 || this.#passed === 0) process.exitCode = 1
  }
}
