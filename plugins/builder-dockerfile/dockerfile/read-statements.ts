import { readDirectives, type Directives } from './directives.ts'
import { dockerfileError } from './dockerfile-error.ts'
import { heredocsOf, type Heredoc, type HeredocStart } from './heredoc.ts'

/** One instruction as it stands: lines joined, nothing resolved. */
export interface Statement {
  /** Counted from one; where it begins. */
  readonly line: number
  /** Lines joined, without comments in between. */
  readonly text: string
  /** In lower case. */
  readonly keyword: string
  /** What follows the keyword, flags left out. */
  readonly rest: string
  /** Words before the rest that begin with two dashes, quotes taken away. */
  readonly flags: readonly string[]
  readonly heredocs: readonly Heredoc[]
}

export interface Statements {
  readonly directives: Directives
  readonly statements: readonly Statement[]
}

/** Bytes of the longest Dockerfile. */
const mostBytes = 4 * 1024 * 1024
const withHeredocs: ReadonlySet<string> = new Set(['add', 'copy', 'run'])

/**
 * Cuts a Dockerfile into instructions: comments, continuation lines, heredocs. Fails with DOCKERFILE_INVALID. Source:
 * moby/buildkit, frontend/dockerfile/parser.
 */
export function readStatements(source: string): Statements {
  if (Buffer.byteLength(source) > mostBytes) {
    throw dockerfileError(1, `the Dockerfile is larger than ${mostBytes} bytes`)
  }
  const lines = source.replace(/^\uFEFF/, '').split(/(?<=\n)/)
  const directives = readDirectives(lines)
  const reader = new Reader(lines, directives.escape)
  const statements = [...reader.statements()]
  if (statements.length === 0) throw dockerfileError(1, 'the Dockerfile cannot be empty', 'Begin it with FROM.')
  return { directives, statements }
}

class Reader {
  readonly #lines: readonly string[]
  readonly #escape: string
  readonly #continuation: RegExp
  #at = 0

  constructor(lines: readonly string[], escape: string) {
    this.#lines = lines
    this.#escape = escape
    const token = escape === '\\' ? String.raw`\\` : escape
    this.#continuation = new RegExp(`([^${token}])${token}[ \\t]*$|^${token}[ \\t]*$`)
  }

  *statements(): Generator<Statement, void> {
    while (this.#at < this.#lines.length) {
      const line = this.#at + 1
      const text = this.#logicalLine()
      if (text.trim() === '') continue
      const [, keyword = '', arguments_ = ''] = /^\s*(\S+)\s*([\s\S]*)$/.exec(text) ?? []
      const { flags, rest } = takeFlags(arguments_.trim(), this.#escape)
      const statement = { line, text: text.trim(), keyword: keyword.toLowerCase(), flags, rest }
      yield { ...statement, heredocs: this.#heredocs(statement) }
    }
  }

  /** A line with those that continue it. Comments and empty lines in between do not end it. */
  #logicalLine(): string {
    const first = withoutNewline(this.#lines[this.#at++] ?? '').trimStart()
    if (first.startsWith('#')) return ''
    let { text, isEnd } = this.#cut(first)
    while (!isEnd && this.#at < this.#lines.length) {
      const line = withoutNewline(this.#lines[this.#at++] ?? '')
      const content = line.trimStart()
      if (content === '' || content.startsWith('#')) continue
      const next = this.#cut(line)
      text += next.text
      isEnd = next.isEnd
    }
    return text
  }

  #cut(line: string): { text: string; isEnd: boolean } {
    if (!this.#continuation.test(line)) return { text: line, isEnd: true }
    return { text: line.replace(this.#continuation, (_, before: string | undefined) => before ?? ''), isEnd: false }
  }

  #heredocs(statement: Pick<Statement, 'keyword' | 'rest' | 'line' | 'text'>): Heredoc[] {
    if (!statement.text.includes('<<') || !canHoldHeredoc(statement.keyword, statement.rest)) return []
    return heredocsOf(statement.text).map((start) => this.#heredoc(start, statement.line))
  }

  #heredoc(start: HeredocStart, line: number): Heredoc {
    let content = ''
    while (this.#at < this.#lines.length) {
      const next = this.#lines[this.#at++] ?? ''
      const text = withoutNewline(next)
      if ((start.chomp ? text.replace(/^\t+/, '') : text) === start.name) return { ...start, content }
      content += next
    }
    throw dockerfileError(line, 'unterminated heredoc', `End it with a line that is ${start.name} alone.`)
  }
}

function canHoldHeredoc(keyword: string, rest: string): boolean {
  if (keyword === 'onbuild') {
    const [, inner = '', innerRest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? []
    return inner.toLowerCase() !== 'onbuild' && canHoldHeredoc(inner.toLowerCase(), innerRest)
  }
  return withHeredocs.has(keyword) && !rest.trimStart().startsWith('[')
}

function withoutNewline(line: string): string {
  return line.replace(/\r?\n$/, '')
}

/** Takes `--name=value` words from the beginning. Quotes and escapes in them are resolved; `--` ends them. */
function takeFlags(text: string, escape: string): { flags: string[]; rest: string } {
  const flags: string[] = []
  let at = 0
  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1
    if (!text.startsWith('--', at)) return { flags, rest: text.slice(at) }
    let word = ''
    let quote = ''
    for (; at < text.length && (quote !== '' || !/\s/.test(text.charAt(at))); at += 1) {
      const character = text.charAt(at)
      if (character === escape && at + 1 < text.length) word += text.charAt(++at)
      else if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = ''
      else word += character
    }
    if (word === '--') return { flags, rest: text.slice(at).trimStart() }
    flags.push(word)
  }
}
