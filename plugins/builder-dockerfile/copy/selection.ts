import { codedError } from '@moby/contracts'
import { posix } from 'node:path'
import { nameOf, toBytes, toText } from '../context/names.ts'
import type { SourceTree } from '../context/source-tree.ts'
import type { Glob } from '../match/glob.ts'
import { goPattern, hasWildcards, PatternError, withoutEscapes } from '../match/go-pattern.ts'

/** Something to be copied out of a tree. */
export interface Selected {
  readonly tree: SourceTree
  /** Byte string, links resolved. */
  readonly path: string
  /** Name that it has at its destination when that is a folder: that of a link rather than of its target. */
  readonly name: string
  /** Path as it was asked for, for `--parents`. */
  readonly asked: string
}

/** What a source of COPY or ADD means in a tree. Errors: BUILD_CONTEXT_INVALID in dockerd's words. */
export function select(tree: SourceTree, source: string, keyword: string): Selected[] {
  const path = insideContext(source, keyword)
  if (!hasWildcards(path)) {
    const name = toBytes(withoutEscapes(path))
    const resolved = tree.resolve(name)
    if (resolved === undefined) throw missing(source, keyword)
    return [{ tree, path: resolved, name: nameOf(name), asked: name }]
  }
  const found = matching(tree, path, keyword)
  return found.flatMap((name) => {
    const resolved = tree.resolve(name)
    return resolved === undefined ? [] : [{ tree, path: resolved, name: nameOf(name), asked: name }]
  })
}

/** A path within the context, without a slash in front. Fails for one that would lead out of it. */
export function insideContext(source: string, keyword: string): string {
  const clean = posix.normalize(source.startsWith('/') ? source.replace(/^\/+/, '') || '.' : source)
  if (clean === '..' || clean.startsWith('../')) {
    throw codedError(
      'BUILD_CONTEXT_INVALID',
      `${keyword} failed: forbidden path outside the build context: ${source} ()`,
      { hint: 'What is copied must be in the context: the folder that is given to the build.' },
    )
  }
  return clean === '.' ? '' : clean.replace(/\/+$/, '')
}

/** Paths that a pattern matches, sorted. */
export function matching(tree: SourceTree, pattern: string, keyword: string): string[] {
  let paths = ['']
  for (const segment of pattern.split('/')) {
    const glob = globOf(segment, keyword)
    paths = paths.flatMap((parent) =>
      tree
        .namesIn(tree.resolve(parent) ?? parent)
        .filter((name) => glob.matches(toText(name)))
        .map((name) => (parent === '' ? name : `${parent}/${name}`)),
    )
  }
  return paths
}

/** Fails with BUILD_CONTEXT_INVALID for a pattern that cannot be read. */
export function globOf(pattern: string, keyword: string): Glob {
  try {
    return goPattern(pattern)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw codedError('BUILD_CONTEXT_INVALID', `${keyword} failed: ${error.message}`)
  }
}

export function missing(source: string, keyword: string): Error {
  return codedError(
    'BUILD_CONTEXT_INVALID',
    `${keyword} failed: file not found in build context or excluded by .dockerignore: stat ${source}: file does not exist`,
  )
}
