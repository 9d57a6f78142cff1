import { exactly, Glob, type GlobStep } from './glob.ts'

/** Thrown for a pattern that Go's filepath.Match would refuse. */
export class PatternError extends Error {}

const any = () => true
const noSlash = (character: string) => character !== '/'

/** A pattern of Go's filepath.Match: `*`, `?`, `[a-z]`, `[^a]`, backslash; none of them means `/`. */
export function goPattern(pattern: string): Glob {
  return new Glob(readSteps(pattern, false))
}

/** The same with `**` for any number of folders, as moby/patternmatcher has it: there a class may be a slash. */
export function folderPattern(pattern: string): Glob {
  return new Glob(readSteps(pattern, true))
}

/** True when a word is a pattern rather than a name, as dockerd tells them apart. */
export function hasWildcards(name: string): boolean {
  return /(?:^|[^\\])[*?[]/.test(name.replaceAll(/\\./gs, '\\_'))
}

/** A name with the backslashes of a pattern taken away. */
export function withoutEscapes(name: string): string {
  return name.replaceAll(/\\(.)/gs, '$1')
}

function readSteps(pattern: string, withFolders: boolean): GlobStep[] {
  const characters = Array.from(pattern)
  const steps: GlobStep[] = []
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    if (withFolders && character === '*' && characters[at + 1] === '*') {
      at += characters[at + 2] === '/' ? 2 : 1
      // At the end it is anything; in front of more, any number of folders.
      if (at + 1 < characters.length) steps.push({ kind: 'optional', count: 2 })
      steps.push({ kind: 'many', accepts: any })
      if (at + 1 < characters.length) steps.push(exactly('/'))
    } else if (character === '*') steps.push({ kind: 'many', accepts: noSlash })
    else if (character === '?') steps.push({ kind: 'one', accepts: noSlash })
    else if (character === '[') {
      const { accepts, end } = readClass(characters, at, pattern)
      steps.push({ kind: 'one', accepts: (each) => (withFolders || each !== '/') && accepts(each) })
      at = end
    } else if (character === '\\') {
      at += 1
      const escaped = characters[at]
      if (escaped === undefined) throw broken(pattern)
      steps.push(exactly(escaped))
    } else steps.push(exactly(character))
  }
  return steps
}

interface CharacterClass {
  accepts(character: string): boolean
  /** Place of the closing bracket. */
  readonly end: number
}

/** A class from its opening bracket on. */
function readClass(characters: readonly string[], start: number, pattern: string): CharacterClass {
  let at = start + 1
  const isNegated = characters[at] === '^'
  if (isNegated) at += 1
  const one = (): number => {
    let character = characters[at]
    if (character === '-' || character === ']') throw broken(pattern)
    if (character === '\\') character = characters[(at += 1)]
    const code = character?.codePointAt(0)
    if (code === undefined) throw broken(pattern)
    at += 1
    return code
  }
  const ranges: (readonly [number, number])[] = []
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = one()
    if (characters[at] === '-') {
      at += 1
      ranges.push([low, one()])
    } else ranges.push([low, low])
  }
  const accepts = (character: string) => {
    const code = character.codePointAt(0) ?? 0
    return ranges.some(([low, high]) => low <= code && code <= high) !== isNegated
  }
  return { accepts, end: at }
}

function broken(pattern: string): PatternError {
  return new PatternError(`syntax error in pattern ${JSON.stringify(pattern)}`)
}
