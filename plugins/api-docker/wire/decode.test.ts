import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bool, command, fields, integer, keySet, list, map, text, textMap } from './decode.ts'
import { parseJson } from './parse-json.ts'

const Shape = fields({ Name: text, Count: integer, Deep: fields({ On: bool }), Words: command, Labels: textMap })
const read = (json: string) => Shape(parseJson(json), '')

describe('decoding as encoding/json does', () => {
  it('matches keys in any case, and passes unknown ones and null over', () => {
    expect(read('{"nAmE":"x","DEEP":{"on":true},"other":[1,{"a":2}],"count":null}')).toEqual({
      Name: 'x',
      Deep: { On: true },
    })
  })

  it('refuses two spellings of one key, which would mean two things', () => {
    expect(() => read('{"Name":"a","name":"b"}')).toThrow('Name is given twice')
  })

  it.each(['1.0', '1e3', '1e400', '"1"', '-0.5', '9007199254740993', '99999999999999999999'])(
    'refuses %s where an integer is wanted',
    (written) => {
      expect(() => read(`{"Count":${written}}`)).toThrow('Count')
    },
  )

  it('keeps every integer that it takes exact', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(read(`{"Count":${number}}`)).toEqual({ Count: number === 0 ? 0 : number })
      }),
    )
    expect(Object.is(read('{"Count":-0}')?.Count, 0)).toBe(true)
  })

  it('takes one string for a list of words', () => {
    expect(read('{"Words":"sh"}')).toEqual({ Words: ['sh'] })
    expect(read('{"Words":["a",null]}')).toEqual({ Words: ['a', ''] })
    expect(read('{"Words":[]}')).toEqual({ Words: [] })
  })

  it('keeps __proto__ and constructor as plain keys', () => {
    const labels = read('{"Labels":{"__proto__":"x","constructor":"y"},"__proto__":{"Name":"z"}}')?.Labels
    expect(Object.entries(labels ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(({} as Record<string, unknown>)['Name']).toBeUndefined()
  })

  it('names the place of a wrong type', () => {
    const Ports = fields({ Ports: map(list(fields({ HostPort: text }))) })
    expect(() => Ports(parseJson('{"Ports":{"80/tcp":[{"HostPort":80}]}}'), '')).toThrow(
      'Ports.80/tcp[0].HostPort must be a string, not the number 80',
    )
  })

  it('reads the keys of a set whatever stands under them', () => {
    expect(keySet(parseJson('{"80/tcp":{},"90/udp":null}'), '')).toEqual(['80/tcp', '90/udp'])
  })
})

describe('parsing JSON', () => {
  it('says what Docker says of content after the value', () => {
    expect(() => parseJson('{} {}')).toThrow('unexpected content after JSON')
  })

  it('survives any depth', () => {
    expect(() => parseJson(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`)).toThrow('exceeded max depth')
  })

  it('refuses what is no JSON', () => {
    for (const json of ['{', 'NaN', "{'a':1}", '']) expect(() => parseJson(json)).toThrow('invalid JSON')
  })
})
