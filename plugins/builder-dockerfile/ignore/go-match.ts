/** Thrown for a pattern that Go's filepath.Match would refuse. */
export class PatternError extends Error {}

/** The regular expression of a pattern of Go's filepath.Match: `*`, `?`, `[a-z]`, `[^a]`, backslash; no `/` in any. */
export function matchExpression(pattern: string): RegExp {
  const characters = Array.from(pattern)
  let source = '^'
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '[') {
      const [text, end] = readClass(characters, at, pattern)
      source += text
      at = end
    } else if (character === '\\') {
      at += 1
      const escaped = characters[at]
      if (escaped === undefined) throw new PatternError(`syntax error in pattern ${JSON.stringify(pattern)}`)
      source += quoteCharacter(escaped)
    } else source += quoteCharacter(character)
  }
  return new RegExp(`${source}$`, 'su')
}

/** True when a word is a pattern rather than a name, as dockerd tells them apart. */
export function hasWildcards(name: string): boolean {
  return /(?:^|[^\\])[*?[]/.test(name.replaceAll(/\\./gs, '\\_'))
}

/** A name with the backslashes of a pattern taken away. */
export function withoutEscapes(name: string): string {
  return name.replaceAll(/\\(.)/gs, '$1')
}

export function quoteCharacter(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/u, String.raw`\$&`)
}

/** A class from its opening bracket on; answers its expression and the place of the closing bracket. */
function readClass(characters: readonly string[], start: number, pattern: string): [string, number] {
  const broken = () => new PatternError(`syntax error in pattern ${JSON.stringify(pattern)}`)
  let at = start + 1
  const negated = characters[at] === '^'
  if (negated) at += 1
  const ranges: string[] = []
  const one = (): string => {
    let character = characters[at]
    if (character === undefined || character === '-' || character === ']') throw broken()
    if (character === '\\') character = characters[(at += 1)]
    if (character === undefined) throw broken()
    at += 1
    return character
  }
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = one()
    let high = low
    if (characters[at] === '-') {
      at += 1
      high = one()
    }
    const [from = 0, to = 0] = [low.codePointAt(0), high.codePointAt(0)]
    if (from <= to) ranges.push(`${codePoint(from)}-${codePoint(to)}`)
    else ranges.push('')
  }
  const inside = ranges.join('')
  // A class matches no slash, negated or not; one without a range matches nothing, or anything.
  const expression = inside === '' ? (negated ? '[^/]' : '(?!)') : `(?!/)[${negated ? '^' : ''}${inside}]`
  return [expression, at]
}

function codePoint(value: number): string {
  return String.raw`\u{${value.toString(16)}}`
}
