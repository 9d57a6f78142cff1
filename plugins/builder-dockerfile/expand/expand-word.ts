import { codedError } from '@moby/contracts'
import { matchPrefix, matchSuffix, replaceMatches } from '../match/shell-pattern.ts'

export interface ExpansionOptions {
  /** Variables; absent: none is set. */
  readonly environment?: ReadonlyMap<string, string> | undefined
  /** Backslash unless the Dockerfile says otherwise. */
  readonly escape?: string | undefined
  /** Leaves `$name` as it stands when the variable is not set. */
  readonly keepUnset?: boolean | undefined
  /** Leaves quotes in the result. */
  readonly rawQuotes?: boolean | undefined
  /** Leaves escape characters in the result. */
  readonly rawEscapes?: boolean | undefined
  /** Quotes are characters like others (bodies of heredocs). */
  readonly ignoreQuotes?: boolean | undefined
}

/**
 * One word as a shell would see it: quotes taken away, variables resolved. Understood are `$a`, `${a}`, `${a:-b}`,
 * `${a-b}`, `${a:+b}`, `${a+b}`, `${a:?b}`, `${a?b}`, `${a#p}`, `${a##p}`, `${a%p}`, `${a%%p}`, `${a/p/r}` and
 * `${a//p/r}`. Fails with DOCKERFILE_INVALID. Source: moby/buildkit, frontend/dockerfile/shell.
 */
export function expandWord(text: string, options: ExpansionOptions): string {
  return new Expansion(text, options).run().text
}

/** The same, split into words where blanks stand outside quotes; blanks in values of variables split too. */
export function expandToWords(text: string, options: ExpansionOptions): string[] {
  return new Expansion(text, options).run().words
}

/** Collects words beside the text. */
class Words {
  readonly all: string[] = []
  #word: string | undefined

  addRaw(text: string): void {
    this.#word = (this.#word ?? '') + text
  }

  addSplitting(text: string): void {
    for (const character of text) {
      if (!/\s/.test(character)) this.addRaw(character)
      else this.end()
    }
  }

  end(): void {
    if (this.#word !== undefined && this.#word !== '') this.all.push(this.#word)
    this.#word = undefined
  }
}

class Expansion {
  readonly #characters: readonly string[]
  readonly #options: ExpansionOptions
  readonly #escape: string
  readonly #text: string
  #at = 0

  constructor(text: string, options: ExpansionOptions) {
    this.#text = text
    this.#characters = Array.from(text)
    this.#options = options
    this.#escape = options.escape ?? '\\'
  }

  run(): { text: string; words: string[] } {
    const words = new Words()
    const text = this.#until(undefined, this.#options.rawEscapes ?? false, words)
    words.end()
    return { text, words: words.all }
  }

  #peek(): string | undefined {
    return this.#characters[this.#at]
  }

  #next(): string | undefined {
    const character = this.#characters[this.#at]
    if (character !== undefined) this.#at += 1
    return character
  }

  #until(stop: string | undefined, rawEscapes: boolean, words: Words): string {
    let result = ''
    for (;;) {
      const character = this.#peek()
      if (character === undefined) break
      if (character === stop) {
        this.#at += 1
        return result
      }
      if ((character === "'" || character === '"') && this.#options.ignoreQuotes !== true) {
        const quoted = character === "'" ? this.#singleQuoted() : this.#doubleQuoted(rawEscapes)
        words.addRaw(quoted)
        result += quoted
      } else if (character === '$') {
        const value = this.#variable()
        words.addSplitting(value)
        result += value
      } else if (character === this.#escape) {
        this.#at += 1
        const escaped = this.#next()
        const kept = (rawEscapes ? character : '') + (escaped ?? '')
        words.addRaw(kept)
        result += kept
      } else {
        this.#at += 1
        words.addSplitting(character)
        result += character
      }
    }
    if (stop !== undefined) throw this.#error(`syntax error: missing '${stop}'`)
    return result
  }

  #singleQuoted(): string {
    const end = this.#characters.indexOf("'", this.#at + 1)
    if (end === -1) throw this.#error('unexpected end of statement while looking for matching single-quote')
    const content = this.#characters.slice(this.#at + 1, end).join('')
    this.#at = end + 1
    return this.#options.rawQuotes === true ? `'${content}'` : content
  }

  #doubleQuoted(rawEscapes: boolean): string {
    let result = ''
    this.#at += 1
    for (;;) {
      const character = this.#peek()
      if (character === undefined) {
        throw this.#error('unexpected end of statement while looking for matching double-quote')
      }
      if (character === '$') {
        result += this.#variable()
        continue
      }
      this.#at += 1
      if (character === '"') return this.#options.rawQuotes === true ? `"${result}"` : result
      if (character !== this.#escape) {
        result += character
        continue
      }
      const following = this.#peek()
      if (following === undefined) continue
      const isSpecial = following === '"' || following === '$' || following === this.#escape
      if (isSpecial) this.#at += 1
      result += isSpecial ? (rawEscapes ? character : '') + following : character
    }
  }

  #variable(): string {
    this.#at += 1
    if (this.#peek() !== '{') {
      const name = this.#name()
      if (name === '') return '$'
      return this.#value(name) ?? (this.#options.keepUnset === true ? `$${name}` : '')
    }
    this.#at += 1
    const first = this.#peek()
    if (first === undefined) throw this.#error("syntax error: missing '}'")
    if ('{}:'.includes(first)) throw this.#error('syntax error: bad substitution')
    const name = this.#name()
    const value = this.#value(name)
    const operator = this.#next()
    if (operator === undefined) throw this.#error("syntax error: missing '}'")
    if (operator === '}') return value ?? (this.#options.keepUnset === true ? `\${${name}}` : '')
    if (operator === '/') return this.#replacing(name, value)
    return this.#modified(name, value, operator)
  }

  #modified(name: string, value: string | undefined, first: string): string {
    const withEmpty = first === ':'
    const operator = withEmpty ? (this.#next() ?? '') : first
    const written = withEmpty ? `:${operator}` : operator
    const isPattern = operator === '#' || operator === '%'
    if (operator === '' || !'+-?#%'.includes(operator) || (withEmpty && isPattern)) {
      throw this.#error(`unsupported modifier (${written}) in substitution`)
    }
    const word = this.#braced('}', isPattern)
    if (value === undefined && this.#options.keepUnset === true) return `\${${name}${written}${word}}`
    const isMissing = value === undefined || (withEmpty && value === '')
    switch (operator) {
      case '-':
        return isMissing ? word : value
      case '+':
        return isMissing ? '' : word
      case '?': {
        if (!isMissing) return value
        throw this.#error(`${name}: ${word || `is not allowed to be ${value === undefined ? 'unset' : 'empty'}`}`)
      }
      default: {
        const greedy = word.startsWith(operator)
        const pattern = greedy ? word.slice(1) : word
        return operator === '#' ? matchPrefix(value ?? '', pattern, greedy) : matchSuffix(value ?? '', pattern, greedy)
      }
    }
  }

  #replacing(name: string, value: string | undefined): string {
    const all = this.#peek() === '/'
    if (all) this.#at += 1
    const pattern = this.#braced('/', true)
    const replacement = this.#braced('}', true)
    if (value === undefined && this.#options.keepUnset === true) {
      return `\${${name}/${all ? '/' : ''}${pattern}/${replacement}}`
    }
    return replaceMatches(value ?? '', pattern, replacement, all)
  }

  #braced(stop: string, rawEscapes: boolean): string {
    return this.#until(stop, rawEscapes, new Words())
  }

  /** A name, a number, or one of the special parameters. */
  #name(): string {
    const rest = this.#peek() ?? ''
    const pattern = /[A-Za-z_]/.test(rest) ? /[A-Za-z0-9_]/ : /[0-9]/.test(rest) ? /[0-9]/ : undefined
    let name = ''
    if (pattern === undefined) {
      if (rest !== '' && '@*#?-$!'.includes(rest)) name = this.#next() ?? ''
      return name
    }
    for (let next = this.#peek(); next !== undefined && pattern.test(next); next = this.#peek()) {
      name += next
      this.#at += 1
    }
    return name
  }

  #value(name: string): string | undefined {
    return this.#options.environment?.get(name)
  }

  #error(problem: string): Error {
    return codedError('DOCKERFILE_INVALID', `failed to process ${JSON.stringify(this.#text)}: ${problem}`)
  }
}
