/** What is under way at one life of a driver. `stream`: it may last as long as somebody reads it. */
export type CallKind = 'call' | 'stream'

/** One life of an implementation behind a handle, with what is under way there. */
export class Target {
  readonly implementation: Readonly<Record<string, unknown>>
  /** Another life takes over: what it cannot end any more may be asked of the next one. */
  isLeaving = false
  readonly #underWay = { call: 0, stream: 0 }
  readonly #waiting = new Set<() => void>()

  constructor(implementation: Readonly<Record<string, unknown>>) {
    this.implementation = implementation
  }

  /** Notes a call; the answered function notes its end, however often it is called. */
  enter(kind: CallKind): () => void {
    this.#underWay[kind] += 1
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#underWay[kind] -= 1
      for (const look of this.#waiting) look()
    }
  }

  isQuiet(...kinds: readonly CallKind[]): boolean {
    return kinds.every((kind) => this.#underWay[kind] === 0)
  }

  /** Answers when nothing of these kinds is under way, or when so many milliseconds have passed: then false. */
  async quiet(deadlineMs: number, ...kinds: readonly CallKind[]): Promise<boolean> {
    if (this.isQuiet(...kinds)) return true
    return await new Promise((resolve) => {
      const end = (isQuiet: boolean) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(isQuiet)
      }
      const look = () => void (this.isQuiet(...kinds) && end(true))
      const timer = setTimeout(() => end(false), deadlineMs)
      this.#waiting.add(look)
    })
  }
}
