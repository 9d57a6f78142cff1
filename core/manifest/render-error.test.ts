import { codedError } from '@moby/contracts'
import { describe, expect, it } from 'vitest'
import { parseManifest } from './load-manifest.ts'
import { renderError } from './render-error.ts'

function renderedOf(text: string): string {
  try {
    parseManifest('moby.yaml', text)
  } catch (error) {
    return renderError(error)
  }
  return 'nothing is wrong'
}

describe('an error on the terminal', () => {
  it('shows code, message, place, line, caret and hint', () => {
    expect(renderedOf('assembly: a\nversion: 1.0.0\ncomponents:\n  b: { use: t/x, drivre: y }\n')).toBe(
      [
        'error[DOCUMENT_KEY_UNKNOWN]: In components.b there is no key drivre',
        ' --> moby.yaml:4:18',
        '  |',
        '4 |   b: { use: t/x, drivre: y }',
        '  |                  ^^^^^^',
        'hint: did you mean driver?',
        '',
      ].join('\n'),
    )
  })

  it('lists all problems in the order of the text, and counts them', () => {
    const text = renderedOf(
      'assembly: Bad\nversion: 1.0.0\ncomponents:\n  b: { usage: 1 }\n  c: { use: 5 }\nextra: 1\n',
    )
    expect([...text.matchAll(/error\[(\w+)\]|--> moby.yaml:(\d+)/g)].map(([, code, line]) => code ?? line)).toEqual([
      'DOCUMENT_VALUE',
      '1',
      'DOCUMENT_KEY_MISSING',
      '4',
      'DOCUMENT_KEY_UNKNOWN',
      '4',
      'DOCUMENT_TYPE',
      '5',
      'DOCUMENT_KEY_UNKNOWN',
      '6',
    ])
    expect(text).toContain('moby.yaml has 5 problems')
  })

  it('keeps the caret under its word behind tabs and in a very long line', () => {
    const span = { file: 'f', line: 12, column: 3, length: 2, text: '\tax' }
    expect(renderError(codedError('DOCUMENT_TYPE', 'm', { span }))).toContain('12 | \tax\n   | \t ^^\n')
    const long = { file: 'f', line: 1, column: 501, length: 4, text: `${'x'.repeat(500)}here${'y'.repeat(500)}` }
    const [, , , line = '', carets = ''] = renderError(codedError('DOCUMENT_TYPE', 'm', { span: long })).split('\n')
    expect(line.length).toBeLessThan(130)
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('here')
  })

  it('shows the stack of a defect, and of nothing else', () => {
    expect(renderError(new TypeError('oops'))).toMatch(/^error\[INTERNAL\]: TypeError: oops\n {4}at /)
    expect(renderError(codedError('DOCUMENT_TYPE', 'm'))).toBe('error[DOCUMENT_TYPE]: m\n')
  })
})
