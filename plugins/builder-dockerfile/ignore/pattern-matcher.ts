import { codedError } from '@moby/contracts'
import { posix } from 'node:path'
import { matchExpression, PatternError, quoteCharacter } from './go-match.ts'

interface Pattern {
  readonly text: string
  readonly negated: boolean
  readonly matches: (path: string) => boolean
}

/**
 * The patterns of a .dockerignore: Go's filepath.Match with `**` for any number of folders, `!` for exceptions, the last
 * that matches decides. Paths are relative, with slashes. Source: moby/patternmatcher.
 */
export class PatternMatcher {
  readonly #patterns: readonly Pattern[]

  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.flatMap(readPattern)
  }

  /** True when one of the patterns is an exception, so that a folder that is left out may hold what is not. */
  get hasExceptions(): boolean {
    return this.#patterns.some(({ negated }) => negated)
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0
  }

  /** Whether a path, or a folder above it, is meant. */
  matches(path: string): boolean {
    const parents = parentsOf(path)
    let matched = false
    for (const pattern of this.#patterns) {
      if (pattern.negated !== matched) continue
      if (pattern.matches(path) || parents.some((parent) => pattern.matches(parent))) matched = !pattern.negated
    }
    return matched
  }
}

function readPattern(text: string): Pattern[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  const negated = trimmed.startsWith('!')
  const pattern = posix.normalize(negated ? trimmed.slice(1) : trimmed).replace(/(?<=.)\/+$/, '')
  if (negated && trimmed.length === 1) throw invalid(text)
  return [{ text: pattern, negated, matches: compile(pattern, text) }]
}

function compile(pattern: string, written: string): (path: string) => boolean {
  try {
    // Refused is what Go refuses, also where `**` makes another expression of it.
    matchExpression(pattern)
  } catch (error) {
    if (error instanceof PatternError) throw invalid(written)
    throw error
  }
  const expression = withFolders(pattern)
  return (path) => expression.test(path)
}

/** The expression of a pattern with `**`. */
function withFolders(pattern: string): RegExp {
  let source = '^'
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at)
    if (rest.startsWith('**')) {
      at += 2
      if (pattern.charAt(at) === '/') at += 1
      // At the end it is anything; in front of more, any number of folders.
      source += at >= pattern.length ? '.*' : '(?:.*/)?'
      continue
    }
    const piece = /^(?:\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])[^\]]*\]|[\s\S])/u.exec(rest)?.[0] ?? ''
    source += piece.length > 1 || '*?'.includes(piece) ? bare(matchExpression(piece)) : quoteCharacter(piece)
    at += piece.length
  }
  return new RegExp(`${source}$`, 'su')
}

/** Without its anchors. A class of a pattern with folders may be a slash, as in moby/patternmatcher. */
function bare(expression: RegExp): string {
  return expression.source.slice(1, -1).replace('(?!\\/)', '').replace('(?!/)', '')
}

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

function invalid(pattern: string): Error {
  return codedError('BUILD_CONTEXT_INVALID', `The pattern ${JSON.stringify(pattern)} of .dockerignore cannot be read`, {
    hint: 'Patterns are those of Go: *, ?, [a-z], \\ to escape, ** for any number of folders, ! for an exception.',
  })
}
