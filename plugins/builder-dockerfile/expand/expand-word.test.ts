import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandToWords, expandWord } from './expand-word.ts'

const environment = new Map([
  ['A', 'value'],
  ['EMPTY', ''],
  ['TWO', 'two words'],
  ['FILE', 'archive.tar.gz'],
  ['PATHS', 'a/b/c'],
])
const expand = (text: string) => expandWord(text, { environment })

describe('expandWord', () => {
  it.each([
    ['$A', 'value'],
    ['${A}', 'value'],
    ['x${A}y$A.z', 'xvalueyvalue.z'],
    ['$NONE', ''],
    ['${NONE:-x $A}', 'x value'],
    ['${EMPTY:-x}', 'x'],
    ['${EMPTY-x}', ''],
    ['${NONE-x}', 'x'],
    ['${A:+set}', 'set'],
    ['${EMPTY:+set}', ''],
    ['${EMPTY+set}', 'set'],
    ['${NONE:+set}', ''],
    ['${NONE:-${A}}', 'value'],
    ['${A:?wanted}', 'value'],
    ["'$A'", '$A'],
    ['"$A"', 'value'],
    ['"a \\" b \\x"', 'a " b \\x'],
    ['\\$A', '$A'],
    ['a\\ b', 'a b'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$$A', 'A'],
    ['${FILE#*.}', 'tar.gz'],
    ['${FILE##*.}', 'gz'],
    ['${FILE%.*}', 'archive.tar'],
    ['${FILE%%.*}', 'archive'],
    ['${PATHS/\\//-}', 'a-b/c'],
    ['${PATHS//\\//-}', 'a-b-c'],
    ['${FILE/a?c/X}', 'Xhive.tar.gz'],
  ])('%s is %s', (text, result) => expect(expand(text)).toBe(result))

  it.each(['${A', '${}', '${:x}', '${A!x}', '${A:#x}', "'open", '"open', '${NONE:?must be given}', '${NONE:-x'])(
    'refuses %s',
    (text) => {
      expect(() => expand(text)).toThrow(expect.objectContaining({ code: 'DOCKERFILE_INVALID' }))
    },
  )

  it('tells what a variable that must be given is for', () => {
    expect(() => expand('${NONE:?is the port}')).toThrow('NONE: is the port')
    expect(() => expand('${EMPTY:?}')).toThrow('EMPTY: is not allowed to be empty')
  })

  it('knows the other escape character', () => {
    expect(expandWord('C:\\dir\\$A`$A', { environment, escape: '`' })).toBe('C:\\dir\\value$A')
  })

  it('leaves quotes alone in documents', () => {
    expect(expandWord(`it's "$A" \\$A`, { environment, ignoreQuotes: true })).toBe(`it's "value" $A`)
  })

  it('splits into words outside quotes, and in values of variables', () => {
    expect(expandToWords('a "b c" $TWO \'$A\'', { environment })).toEqual(['a', 'b c', 'two', 'words', '$A'])
  })

  it('gives text without special characters back as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replaceAll(/["'\\$]/g, '')
        expect(expand(plain)).toBe(plain)
      }),
    )
  })

  it('gives any text back when every character is escaped, or single quotes are around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(expand(Array.from(text, (character) => `\\${character}`).join(''))).toBe(text)
        if (!text.includes("'")) expect(expand(`'${text}'`)).toBe(text)
      }),
    )
  })

  it('ends with a word or with a coded error, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('$', '{', '}', ':', '-', '+', '#', '%', '/', '"', "'", '\\', 'A', '*', '['),
        }),
        (text) => {
          try {
            expect(typeof expand(text)).toBe('string')
          } catch (error) {
            expect(error).toMatchObject({ code: 'DOCKERFILE_INVALID' })
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('takes away what it matches: the rest with the beginning or end is the value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '.') }),
        fc.string({ unit: fc.constantFrom('a', '*', '?', '.') }),
        (value, pattern) => {
          const given = { environment: new Map([['V', value]]) }
          expect(value.endsWith(expandWord(`\${V#${pattern}}`, given))).toBe(true)
          expect(value.startsWith(expandWord(`\${V%${pattern}}`, given))).toBe(true)
          expect(expandWord(`\${V##${pattern}}`, given).length).toBeLessThanOrEqual(
            expandWord(`\${V#${pattern}}`, given).length,
          )
          expect(expandWord(`\${V%%${pattern}}`, given).length).toBeLessThanOrEqual(
            expandWord(`\${V%${pattern}}`, given).length,
          )
        },
      ),
    )
  })
})
