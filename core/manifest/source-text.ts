import type { SourceSpan } from '@moby/contracts'

/** A text that a user wrote, with the places in it. */
export class SourceText {
  readonly file: string
  readonly text: string
  readonly #lineStarts: readonly number[]

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    const starts = [0]
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.#lineStarts = starts
  }

  /** The place between two offsets; it ends with its first line, because a caret underlines one line. */
  span(from: number, to: number): SourceSpan {
    const line = this.#lineOf(Math.min(from, this.text.length))
    const start = this.#lineStarts[line] ?? 0
    const end = this.text.indexOf('\n', start)
    const text = this.text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '')
    const column = Math.min(from - start, text.length)
    return {
      file: this.file,
      line: line + 1,
      column: column + 1,
      length: Math.max(1, Math.min(to - start, text.trimEnd().length) - column),
      text,
    }
  }

  #lineOf(offset: number): number {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}
