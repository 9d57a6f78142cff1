import { codedError } from '@moby/contracts'
import { posix } from 'node:path'
import type { Glob } from '../match/glob.ts'
import { folderPattern, PatternError } from '../match/go-pattern.ts'

interface Pattern {
  readonly negated: boolean
  readonly glob: Glob
}

/** Characters; a path has fewer. */
const longestPattern = 4096

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
    let matched = false
    for (const pattern of this.#patterns) {
      if (pattern.negated !== matched) continue
      if (pattern.glob.matchesWithin(path)) matched = !pattern.negated
    }
    return matched
  }
}

function readPattern(text: string): Pattern[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  const negated = trimmed.startsWith('!')
  const pattern = posix.normalize(negated ? trimmed.slice(1) : trimmed).replace(/(?<=.)\/+$/, '')
  if ((negated && trimmed.length === 1) || trimmed.length > longestPattern) throw invalid(text)
  return [{ negated, glob: compile(pattern, text) }]
}

function compile(pattern: string, written: string): Glob {
  try {
    return folderPattern(pattern)
  } catch (error) {
    if (error instanceof PatternError) throw invalid(written)
    throw error
  }
}

function invalid(pattern: string): Error {
  return codedError(
    'BUILD_CONTEXT_INVALID',
    `The pattern ${JSON.stringify(pattern.slice(0, 200))} of .dockerignore cannot be read`,
    {
      hint: 'Patterns are those of Go: *, ?, [a-z], \\ to escape, ** for any number of folders, ! for an exception; at most 4096 characters.',
    },
  )
}
