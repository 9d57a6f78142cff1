/** The regular expression of a shell pattern with `*`, `?`, and backslashes that take their meaning away. */
export function patternToRegExp(
  pattern: string,
  options: { greedy: boolean; flags: string; anchor?: 'start' },
): RegExp {
  let source = ''
  const characters = Array.from(pattern)
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    if (character === '*') source += options.greedy ? '.*' : '.*?'
    else if (character === '?') source += '.'
    else if (character === '\\' && at + 1 < characters.length) source += literal(characters[++at] ?? '')
    else source += literal(character)
  }
  return new RegExp(options.anchor === 'start' ? `^${source}` : source, options.flags)
}

/** `${name#pattern}`: the value without the shortest beginning that matches, or the longest. */
export function matchPrefix(value: string, pattern: string, greedy: boolean): string {
  return value.replace(patternToRegExp(pattern, { greedy, flags: 'su', anchor: 'start' }), '')
}

/** `${name%pattern}`: the same at the end. */
export function matchSuffix(value: string, pattern: string, greedy: boolean): string {
  const whole = patternToRegExp(pattern, { greedy: true, flags: 'su' }).source
  const exact = new RegExp(`^(?:${whole})$`, 'su')
  const lengths = Array.from({ length: value.length + 1 }, (_, at) => at)
  for (const length of greedy ? lengths.toReversed() : lengths) {
    const start = value.length - length
    if (exact.test(value.slice(start))) return value.slice(0, start)
  }
  return value
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`)
}
