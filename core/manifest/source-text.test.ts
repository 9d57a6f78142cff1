import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SourceText } from './source-text.ts'

describe('the place of a fault', () => {
  it('counts lines and columns from 1 and shows the whole line', () => {
    const source = new SourceText('f', 'one\ntwo three\n')
    expect(source.span(8, 13)).toEqual({ file: 'f', line: 2, column: 5, length: 5, text: 'two three' })
  })

  it('ends with its line', () => {
    expect(new SourceText('f', 'one two\nthree').span(4, 12)).toMatchObject({ line: 1, column: 5, length: 3 })
  })

  it('points into the text for every pair of offsets', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\t', 'ß') })
    fc.assert(
      fc.property(text, fc.nat(40), fc.nat(40), (content, from, length) => {
        const span = new SourceText('f', content).span(from, from + length)
        expect(content.split('\n')[span.line - 1]).toBe(span.text)
        expect(span.column).toBeGreaterThanOrEqual(1)
        expect(span.column).toBeLessThanOrEqual(span.text.length + 1)
        expect(span.length).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})
