import { dockerfileError } from './dockerfile-error.ts'

/** A JSON array of strings, the exec form; undefined for anything else, which is then a line of text. */
export function readJsonWords(rest: string): string[] | undefined {
  if (!rest.trimStart().startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(rest)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

/** Words between blanks; quotes have no meaning here. */
export function splitBlanks(rest: string): string[] {
  return rest.split(/\s+/).filter((word) => word !== '')
}

/** Words between blanks outside quotes. Quotes and escapes stay, to be resolved when variables are. */
export function splitQuoted(rest: string, escape: string): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  for (let at = 0; at < rest.length; at += 1) {
    const character = rest.charAt(at)
    if (quote === '' && /\s/.test(character)) {
      if (word !== '') words.push(word)
      word = ''
    } else if (character === escape) {
      // At the very end it escapes nothing.
      if (at + 1 < rest.length) word += character + rest.charAt(++at)
    } else {
      if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = ''
      word += character
    }
  }
  if (word !== '') words.push(word)
  return words
}

export interface NameValue {
  readonly name: string
  readonly value: string
}

/** `a=b c=d`, or in the old form `a b c`, one pair. */
export function readPairs(keyword: string, rest: string, escape: string, line: number): NameValue[] {
  const words = splitQuoted(rest, escape)
  const [first] = words
  if (first === undefined) throw dockerfileError(line, `${keyword} requires at least one argument`)
  if (!first.includes('=')) {
    const [, name = '', value = ''] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? []
    if (name === '') throw dockerfileError(line, `${keyword} must have two arguments`)
    return [{ name, value }]
  }
  return words.map((word) => {
    const equals = word.indexOf('=')
    if (equals === -1) {
      throw dockerfileError(
        line,
        `Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`,
      )
    }
    return { name: word.slice(0, equals), value: word.slice(equals + 1) }
  })
}
