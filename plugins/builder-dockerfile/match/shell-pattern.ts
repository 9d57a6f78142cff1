import { exactly, Glob, type GlobStep } from './glob.ts'

const any = () => true

/** `${name#pattern}`: the value without the shortest beginning that matches, or the longest. */
export function matchPrefix(value: string, pattern: string, greedy: boolean): string {
  const characters = Array.from(value)
  return characters.slice(lengthOf(new Glob(readSteps(pattern)), characters, greedy) ?? 0).join('')
}

/** `${name%pattern}`: the same at the end. */
export function matchSuffix(value: string, pattern: string, greedy: boolean): string {
  const backwards = Array.from(value).toReversed()
  const length = lengthOf(new Glob(readSteps(pattern).toReversed()), backwards, greedy) ?? 0
  return backwards.slice(length).toReversed().join('')
}

/** `${name/pattern/text}` and `${name//pattern/text}`: the longest match at each place, from the left. */
export function replaceMatches(value: string, pattern: string, text: string, all: boolean): string {
  const steps = readSteps(pattern)
  const glob = new Glob(steps)
  const characters = Array.from(value)
  const starts = findStarts(steps, characters)
  let result = ''
  for (let at = 0; at <= characters.length;) {
    const length = starts.has(at) ? lengthOf(glob, charactersFrom(characters, at), true) : undefined
    if (length !== undefined) {
      result += text
      if (!all) return result + characters.slice(at + length).join('')
    }
    // After a match of nothing the next character stays.
    if (length === undefined || length === 0) result += characters[at] ?? ''
    at += length || 1
  }
  return result
}

/** Where a match begins, told in one go from the end, so that no place is tried in vain. */
function findStarts(steps: readonly GlobStep[], characters: readonly string[]): ReadonlySet<number> {
  const backwards = new Glob([{ kind: 'many', accepts: any }, ...steps.toReversed()])
  return new Set(Array.from(backwards.lengths(characters.toReversed()), (length) => characters.length - length))
}

function lengthOf(glob: Glob, characters: Iterable<string>, greedy: boolean): number | undefined {
  let found: number | undefined
  for (const length of glob.lengths(characters)) {
    found = length
    if (!greedy) break
  }
  return found
}

function* charactersFrom(characters: readonly string[], start: number): Generator<string, void> {
  for (let at = start; at < characters.length; at += 1) yield characters[at] ?? ''
}

/** `*`, `?`, and backslashes that take their meaning away. */
function readSteps(pattern: string): GlobStep[] {
  const characters = Array.from(pattern)
  const steps: GlobStep[] = []
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    if (character === '*') steps.push({ kind: 'many', accepts: any })
    else if (character === '?') steps.push({ kind: 'one', accepts: any })
    else if (character === '\\' && at + 1 < characters.length) steps.push(exactly(characters[(at += 1)] ?? ''))
    else steps.push(exactly(character))
  }
  return steps
}
