/** One part of a pattern; characters are code points. */
export type GlobStep =
  /** One character that is accepted. */
  | { readonly kind: 'one'; accepts(character: string): boolean }
  /** Any number of characters that are accepted, none too. */
  | { readonly kind: 'many'; accepts(character: string): boolean }
  /** The next `count` parts need not be there. */
  | { readonly kind: 'optional'; readonly count: number }

/** What a text may have before it: the places in the pattern that were reached. */
interface State {
  /** Numbers of the next parts, ascending; one beyond the last means that the pattern is at its end. */
  readonly places: readonly number[]
  readonly isMatch: boolean
  readonly next: Map<string, State>
}

/** Places in all states that are kept. */
const mostKnown = 20_000

/**
 * A pattern as an automaton, whose states are made as texts lead to them and kept up to a number: a text costs a step a
 * character, and at worst one for each part of the pattern. As a regular expression a pattern with many stars would cost
 * time that grows with the power of their number.
 */
export class Glob {
  readonly #steps: readonly GlobStep[]
  #states = new Map<string, State>()
  #known = 0
  #start: State

  constructor(steps: readonly GlobStep[]) {
    this.#steps = steps
    this.#start = this.#state(new Set([0]))
  }

  /** Whether the whole text matches. */
  matches(text: string): boolean {
    let state = this.#start
    for (const character of text) {
      state = this.#after(state, character)
      if (state.places.length === 0) return false
    }
    return state.isMatch
  }

  /** Whether a path matches, or one of the folders above it. */
  matchesWithin(path: string): boolean {
    let state = this.#start
    let isFirst = true
    for (const character of path) {
      if (character === '/' && state.isMatch && !isFirst) return true
      isFirst = false
      state = this.#after(state, character)
      if (state.places.length === 0) return false
    }
    return state.isMatch
  }

  /** Numbers of characters after which a beginning of the text matches, ascending. */
  *lengths(characters: Iterable<string>): Generator<number, void> {
    let state = this.#start
    let length = 0
    if (state.isMatch) yield 0
    for (const character of characters) {
      state = this.#after(state, character)
      length += 1
      if (state.places.length === 0) return
      if (state.isMatch) yield length
    }
  }

  #after(state: State, character: string): State {
    const known = state.next.get(character)
    if (known !== undefined) return known
    const places = new Set<number>()
    for (const place of state.places) {
      const step = this.#steps[place]
      if (step === undefined || step.kind === 'optional' || !step.accepts(character)) continue
      places.add(step.kind === 'one' ? place + 1 : place)
    }
    const next = this.#state(places)
    this.#known += 1 + next.places.length
    if (this.#known > mostKnown) this.#forget()
    else state.next.set(character, next)
    return next
  }

  #state(reached: ReadonlySet<number>): State {
    // What need not be there is passed by at once. Places grow while they are gone through.
    const places = new Set(reached)
    for (const place of places) {
      const step = this.#steps[place]
      if (step === undefined || step.kind === 'one') continue
      places.add(place + 1)
      if (step.kind === 'optional') places.add(place + 1 + step.count)
    }
    const sorted = [...places].sort((a, b) => a - b)
    const key = sorted.join()
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const state: State = { places: sorted, isMatch: places.has(this.#steps.length), next: new Map() }
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    this.#known = 0
    this.#states = new Map()
    this.#start = this.#state(new Set([0]))
  }
}

/** A step for one character that is this. */
export function exactly(character: string): GlobStep {
  return { kind: 'one', accepts: (each) => each === character }
}
