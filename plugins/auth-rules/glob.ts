/**
 * Whether a text fits a pattern in which `*` stands for any text and `?` for one character. It takes no longer than the
 * two lengths multiplied, whatever the pattern: the text is a caller's.
 */
export function fits(pattern: string, text: string): boolean {
  let [at, from] = [0, 0]
  let star = -1
  let held = 0
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at
      held = from
      at += 1
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at += 1
      from += 1
    } else if (star !== -1) {
      // What the last star stands for is one character longer.
      held += 1
      at = star + 1
      from = held
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

export function fitsOne(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => fits(pattern, text))
}
