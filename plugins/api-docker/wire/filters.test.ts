import { describe, expect, it } from 'vitest'
import { Filters } from './filters.ts'
import { Query } from './query.ts'

describe('filters', () => {
  it('are read in both spellings', () => {
    expect(Filters.parse('{"label":{"a=1":true,"b":false}}').get('label')).toEqual(['a=1', 'b'])
    expect(Filters.parse('{"label":["a=1","a=1"]}').get('label')).toEqual(['a=1'])
    expect(Filters.parse('').get('label')).toEqual([])
  })

  it.each(['[', '[]', '"a"', '{"a":1}', '{"a":[1]}', '{"a":{"b":1}}'])('refuse %s', (json) => {
    expect(() => Filters.parse(json)).toThrow('invalid filter')
  })

  it('refuse an unknown key by name', () => {
    expect(() => Filters.parse('{"lable":["a"]}').check(['label'])).toThrow("invalid filter 'lable'")
  })

  it('read booleans and refuse contradictions', () => {
    expect(Filters.parse('{"dangling":["1"]}').bool('dangling')).toBe(true)
    expect(Filters.parse('{"dangling":["false"]}').bool('dangling')).toBe(false)
    expect(Filters.parse('{}').bool('dangling')).toBeUndefined()
    expect(() => Filters.parse('{"dangling":["1","0"]}').bool('dangling')).toThrow("invalid filter 'dangling=[1 0]'")
    expect(() => Filters.parse('{"dangling":["yes"]}').bool('dangling')).toThrow('invalid filter')
  })
})

describe('a query', () => {
  it.each(['', '0', ' No ', 'false', 'NONE'])('takes %j for false', (value) => {
    expect(new Query(`v=${encodeURIComponent(value)}`).bool('v')).toBe(false)
  })

  it.each(['1', 'true', 'x', '2'])('takes %j for true', (value) => {
    expect(new Query(`v=${value}`).bool('v')).toBe(true)
  })

  it('gives the default only for an absent key', () => {
    expect(new Query('').bool('stream', true)).toBe(true)
    expect(new Query('stream').bool('stream', true)).toBe(false)
  })

  it('refuses what is no integer', () => {
    expect(new Query('t=-1').integer('t')).toBe(-1)
    expect(new Query('t=').integer('t')).toBeUndefined()
    expect(() => new Query('t=1s').integer('t')).toThrow('"1s" is not an integer')
  })
})
