import { codedError } from '@moby/contracts'

/**
 * Splits the rest of a Dockerfile instruction into words as a shell does: quotes, backslashes, and `$NAME` or
 * `${NAME}` from the environment (`${NAME:-word}` and `${NAME:+word}` too). Fails with IMAGE_CHANGE_INVALID.
 */
export function splitWords(text: string, environment: ReadonlyMap<string, string>): string[] {
  const words: string[] = []
  let word: string | undefined
  let at = 0
  const variable = (): string => {
    const match = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::([-+])([^}]*))?\})/.exec(text.slice(at))
    if (match === null) {
      at += 1
      return '$'
    }
    at += match[0].length
    const value = environment.get(match[1] ?? match[2] ?? '') ?? ''
    if (match[3] === '-') return value === '' ? (match[4] ?? '') : value
    if (match[3] === '+') return value === '' ? '' : (match[4] ?? '')
    return value
  }
  const quoted = (): string => {
    let content = ''
    for (at += 1; at < text.length;) {
      const character = text.charAt(at)
      if (character === '"') {
        at += 1
        return content
      }
      if (character === '$') content += variable()
      else if (character === '\\' && '"$\\'.includes(text.charAt(at + 1)) && at + 1 < text.length) {
        content += text.charAt(at + 1)
        at += 2
      } else {
        content += character
        at += 1
      }
    }
    throw unended(text)
  }
  while (at < text.length) {
    const character = text.charAt(at)
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
      at += 1
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1)
      if (end === -1) throw unended(text)
      word = (word ?? '') + text.slice(at + 1, end)
      at = end + 1
    } else if (character === '"') word = (word ?? '') + quoted()
    else if (character === '$') word = (word ?? '') + variable()
    else {
      if (character === '\\') at += 1
      word = (word ?? '') + text.charAt(at)
      at += 1
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

function unended(text: string): Error {
  return codedError('IMAGE_CHANGE_INVALID', `A quotation in ${JSON.stringify(text)} has no end`)
}
