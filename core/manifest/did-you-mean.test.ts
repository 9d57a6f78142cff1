import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean } from './did-you-mean.ts'

describe('did you mean', () => {
  it('finds a word with one letter wrong, missing, too many or exchanged', () => {
    const known = ['version', 'driver', 'config']
    for (const word of ['verzion', 'vesion', 'versiion', 'verison', 'Version'])
      expect(didYouMean(word, known)).toBe('version')
  })

  it('is silent when nothing is near', () => {
    expect(didYouMean('telephone', ['version', 'driver'])).toBeUndefined()
    expect(didYouMean('x', [])).toBeUndefined()
  })

  it('never misses a known word and never invents one', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (known, word) => {
        const answer = didYouMean(word, known)
        if (answer !== undefined) expect(known).toContain(answer)
        if (known.includes(word)) expect(answer?.toLowerCase()).toBe(word.toLowerCase())
      }),
    )
  })
})
