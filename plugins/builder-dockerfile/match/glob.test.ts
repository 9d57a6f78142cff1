import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PatternMatcher } from '../ignore/pattern-matcher.ts'
import { folderPattern, goPattern } from './go-pattern.ts'
import { matchPrefix, matchSuffix, replaceMatches } from './shell-pattern.ts'

/** What patterns mean, as regular expressions, which tell it shortly and run for too long. */
function expressionOf(pattern: string, parts: Readonly<Record<string, string>>): string {
  return pattern.replaceAll(/\*\*\/?$|\*\*\/?|\\.|\[[^\]]*\]|[^]/g, (part, at: number) => {
    const last = at + part.length === pattern.length
    if (part.startsWith('**')) {
      const known = parts[last ? '**$' : '**']
      return known ?? (parts['*'] ?? '').repeat(2) + (part.endsWith('/') ? '/' : '')
    }
    if (part.startsWith('[')) return (parts['['] ?? '') + part
    return parts[part] ?? part.replace(/^\\/, '').replace(/[.\\*?]/, String.raw`\$&`)
  })
}
const whole = (source: string) => new RegExp(`^(?:${source})$`, 'su')
const inName = { '*': '[^/]*', '?': '[^/]', '[': '(?!/)' }
const inPath = { '*': '[^/]*', '?': '[^/]', '**$': '.*', '**': '(?:.*/)?' }

const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 8 })
const pattern = fc
  .array(fc.constantFrom('a', 'b', '/', '.', '*', '?', '**', '**/', '[a]', '[^a]', '[a-b]', '\\*', '\\a'), {
    maxLength: 7,
  })
  .map((parts) => parts.join(''))
const runs = { numRuns: 5000 }

describe('a pattern means what its regular expression means', () => {
  test('in a name', () => {
    fc.assert(
      fc.property(pattern, text, (each, path) => {
        expect(goPattern(each).matches(path)).toBe(whole(expressionOf(each, inName)).test(path))
      }),
      runs,
    )
  })

  test('with folders, for a path and what is above it', () => {
    const plain = pattern.filter((each) => !each.includes('***'))
    fc.assert(
      fc.property(plain, text, (each, path) => {
        const expression = whole(expressionOf(each, inPath))
        const glob = folderPattern(each)
        expect(glob.matches(path)).toBe(expression.test(path))
        const parents = Array.from(path.matchAll(/(?!^)\//g), ({ index }) => path.slice(0, index))
        expect(glob.matchesWithin(path)).toBe([...parents, path].some((one) => expression.test(one)))
      }),
      runs,
    )
  })

  test('in values of variables', () => {
    const shell = fc.array(fc.constantFrom('a', 'b', '.', '*', '?', '\\*', '\\a'), { maxLength: 6 })
    fc.assert(
      fc.property(shell, text, (parts, value) => {
        const word = parts.join('')
        const greedy = parts.map((part) => expressionOf(part, { '*': '.*', '?': '.' })).join('')
        const lazy = greedy.replaceAll('.*', '.*?')
        expect(matchPrefix(value, word, true)).toBe(value.replace(new RegExp(`^${greedy}`, 'su'), ''))
        expect(matchPrefix(value, word, false)).toBe(value.replace(new RegExp(`^${lazy}`, 'su'), ''))
        const ends = Array.from({ length: value.length + 1 }, (_, at) => value.slice(at)).filter((end) =>
          whole(greedy).test(end),
        )
        expect(matchSuffix(value, word, true)).toBe(value.slice(0, value.length - (ends[0]?.length ?? 0)))
        expect(matchSuffix(value, word, false)).toBe(value.slice(0, value.length - (ends.at(-1)?.length ?? 0)))
        for (const all of [true, false]) {
          const expression = new RegExp(greedy, all ? 'gsu' : 'su')
          expect(replaceMatches(value, word, 'X', all)).toBe(value.replace(expression, () => 'X'))
        }
      }),
      runs,
    )
  })
})

test('many stars cost no more than their number', () => {
  const stars = '*a'.repeat(50)
  const name = `${'a'.repeat(3000)}b`
  const { user: started } = process.threadCpuUsage()
  expect(goPattern(stars).matches(name)).toBe(false)
  expect(folderPattern(`**/${stars}`).matchesWithin(`x/${name}`)).toBe(false)
  expect(new PatternMatcher(['**/*'.repeat(100) + 'x']).matches('a/'.repeat(1000))).toBe(false)
  expect(matchPrefix(name, `${stars}c`, true)).toBe(name)
  expect(matchSuffix(name, `c${stars}`, true)).toBe(name)
  expect(replaceMatches(name, `${stars}c`, '', true)).toBe(name)
  // Microseconds of this thread: what others use of the machine does not count.
  expect(process.threadCpuUsage().user - started).toBeLessThan(2_000_000)
})

test('characters that a pattern never saw are forgotten again', () => {
  const glob = goPattern('*a*b*c')
  for (let code = 0x1_0000; code < 0x1_4000; code += 1) {
    expect(glob.matches(`${String.fromCodePoint(code)}abc`)).toBe(true)
    expect(glob.matches(`${String.fromCodePoint(code)}ab`)).toBe(false)
  }
})
