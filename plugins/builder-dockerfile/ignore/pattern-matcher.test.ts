import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goPattern, hasWildcards } from '../match/go-pattern.ts'
import { PatternMatcher } from './pattern-matcher.ts'
import { readIgnoreFile } from './read-ignore-file.ts'

const matches = (patterns: readonly string[], path: string) => new PatternMatcher(patterns).matches(path)

describe('PatternMatcher', () => {
  // From the table of moby/patternmatcher, written anew.
  it.each([
    ['**', 'file', true],
    ['**', 'dir/file', true],
    ['**/', 'file', true],
    ['**/**', 'dir/file', true],
    ['dir/**', 'dir/file', true],
    ['dir/**', 'dir/dir2/file', true],
    ['**/dir2/*', 'dir/dir2/file', true],
    ['**/dir2/**', 'dir/dir2/dir2/file', true],
    ['**file', 'file', true],
    ['**file', 'dir/dir/file', true],
    ['**/file', 'dir/dir/file', true],
    ['**/file*', 'dir/dir/file.txt', true],
    ['**/file*txt', 'dir/dir/file.txt', true],
    ['**/file*.txt*', 'dir/dir/file.txt', true],
    ['a**/*.txt', 'a/file.txt', true],
    ['a**/*.txt', 'a/dir/dir/file.txt', true],
    ['a[b-d]e', 'ae', false],
    ['a[b-d]e', 'ace', true],
    ['a[b-d]e', 'aae', false],
    ['a[^b-d]e', 'aze', true],
    ['.*', '.foo', true],
    ['.*', 'foo', false],
    ['abc.def', 'abcdef', false],
    ['abc.def', 'abcZdef', false],
    ['abc?def', 'abcZdef', true],
    ['abc?def', 'abcdef', false],
    ['a\\\\', 'a\\', true],
    ['**/foo/bar', 'a/foo/bar', true],
    ['**/foo/bar', 'foo/bar', true],
    ['abc/**', 'abc', false],
    ['a/b', 'a/b/c/d', true],
    ['*.log', 'dir/x.log', false],
    ['./a/../b/', 'b', true],
    ['a+b', 'a+b', true],
    ['a|b', 'a', false],
    ['[a\\]b]', ']', true],
    ['a[^b]c', 'a/c', true],
  ])('%s on %s is %s', (pattern, path, expected) => expect(matches([pattern], path)).toBe(expected))

  it('the last that matches decides', () => {
    expect(matches(['*.md', '!README.md'], 'README.md')).toBe(false)
    expect(matches(['!README.md', '*.md'], 'README.md')).toBe(true)
    expect(matches(['docs', '!docs/keep', 'docs/keep/not'], 'docs/keep/not')).toBe(true)
    expect(matches(['docs', '!docs/keep'], 'docs/keep/in')).toBe(false)
  })

  it.each(['[', 'a[', 'a[]', 'a[b-', '!', '\\'])('refuses %s', (pattern) => {
    expect(() => new PatternMatcher([pattern])).toThrow(expect.objectContaining({ code: 'BUILD_CONTEXT_INVALID' }))
  })

  it('means with a name what it says, with everything below, and nothing else', () => {
    const name = fc
      .string({ unit: fc.constantFrom('a', 'b', '.', '+', '(', '$', '-'), minLength: 1 })
      .filter((text) => !/^\.+$/.test(text) && !text.startsWith('-'))
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        (pattern, path) => {
          const expected = pattern.every((part, at) => path[at] === part)
          expect(matches([pattern.join('/')], path.join('/'))).toBe(expected)
        },
      ),
    )
  })

  it('with ** in front matches at any depth, as without it at that depth', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 2 })
    const pattern = fc
      .string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 3 })
      .filter((text) => !text.includes('**'))
    fc.assert(
      fc.property(pattern, fc.array(part, { minLength: 1, maxLength: 4 }), (one, path) => {
        const anywhere = path.some((name) => goPattern(one).matches(name))
        expect(matches([`**/${one}`], path.join('/'))).toBe(anywhere)
      }),
    )
  })

  it('never leaves out what a last exception for all takes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('*', 'a', '**/b', 'a/**', '!a/b')),
        fc.constantFrom('a', 'a/b', 'c/b', 'x'),
        (patterns, path) => {
          expect(matches([...patterns, '!**'], path)).toBe(false)
        },
      ),
    )
  })
})

describe('goPattern', () => {
  it.each([
    ['*', 'a/b', false],
    ['a*b', 'ab', true],
    ['[^a]', '/', false],
    ['[a-c]x', 'bx', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['?', 'ü', true],
    ['[\\]]', ']', true],
  ])('%s on %s is %s', (pattern, name, expected) => expect(goPattern(pattern).matches(name)).toBe(expected))
})

it('tells patterns from names', () => {
  expect(['a*', 'a?', '[a]', '*'].map(hasWildcards)).toEqual([true, true, true, true])
  expect(['a', 'a\\*b', 'a\\?'].map(hasWildcards)).toEqual([false, false, false])
})

it('reads a file of patterns', () => {
  expect(readIgnoreFile('# no\n\n  a/ \n!/b/../c\n/d\n \\#x\r\n! e\n')).toEqual(['a', '!c', 'd', '\\#x', '!e'])
})
