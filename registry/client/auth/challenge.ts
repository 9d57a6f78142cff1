/** One way that a registry offers to authenticate. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
}

// token, then either `=` and a value or nothing: RFC 9110, 11.6.1
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const quoted = /"((?:[^"\\]|\\.)*)"/y

/** Reads `WWW-Authenticate`; several headers, and several challenges in one. What cannot be read is left out. */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap((header) => parse(header.slice(0, 8192)))
}

function parse(text: string): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = []
  let at = 0
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at
    const match = expression.exec(text)
    if (match === null) return undefined
    at = expression.lastIndex
    return match[1] ?? match[0]
  }
  const skip = (expression: RegExp): void => void take(expression)
  for (;;) {
    skip(/[\s,]*/y)
    const name = take(token)
    if (name === undefined) return found
    skip(/[ \t]*/y)
    const current = found.at(-1)
    if (text[at] !== '=' || current === undefined) {
      found.push({ scheme: name.toLowerCase(), parameters: Object.create(null) as Record<string, string> })
      continue
    }
    at += 1
    skip(/[ \t]*/y)
    const value = text[at] === '"' ? take(quoted)?.replaceAll(/\\(.)/g, '$1') : take(/[^\s,"]+/y)
    if (value === undefined) return found
    current.parameters[name.toLowerCase()] ??= value
  }
}
