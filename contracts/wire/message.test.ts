import * as fc from 'fast-check'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { contractCatalog } from '../catalog.ts'
import { Bytes, Closed, Maybe } from '../component/schemas.ts'
import { codecOf } from './codec.ts'
import { parseJson } from './json.ts'
import { readMessage, writeMessage } from './message.ts'

const Deep = Closed({
  direct: Maybe(Bytes('Any')),
  list: Type.Array(Bytes('Any')),
  map: Type.Record(Type.String(), Closed({ data: Bytes('Any') })),
  pair: Type.Tuple([Type.String(), Bytes('Any')]),
})

describe('messages', () => {
  it('survive the way there and back', () => {
    const anyKey = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'))
    const anyBytes = fc.uint8Array({ maxLength: 40 })
    const anyMap = fc
      .array(fc.tuple(anyKey, anyBytes), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries.map(([key, data]) => [key, { data }])))
    fc.assert(
      fc.property(
        fc.record(
          { direct: anyBytes, list: fc.array(anyBytes), map: anyMap, pair: fc.tuple(fc.string(), anyBytes) },
          { requiredKeys: ['list', 'map', 'pair'] },
        ),
        (value) => {
          const read = readMessage(Deep, writeMessage(Deep, value), 10, 'WIRE_REQUEST_INVALID', 'test')
          expect(read).toEqual({ ...value })
          expect(({} as Record<string, unknown>)['data']).toBeUndefined()
        },
      ),
    )
  })

  it('can be written for every contract: no bytes stand where nothing tells them apart', () => {
    for (const contract of contractCatalog.values()) {
      for (const { request, response, input, output } of Object.values(contract.methods)) {
        for (const schema of [request, response, input, output]) {
          if (schema !== undefined && schema !== 'bytes') expect(() => codecOf(schema)).not.toThrow()
        }
      }
    }
  })

  it('name what is wrong with them', () => {
    const Value = Closed({ name: Type.String({ minLength: 1 }), count: Maybe(Type.Integer()) })
    const problem = (value: unknown): string => {
      try {
        readMessage(Value, Buffer.from(JSON.stringify(value)), 10, 'WIRE_REQUEST_INVALID', 'test make')
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(problem({ name: 'a', count: 1.5 })).toBe('test make: /count must be integer')
    expect(problem({ name: 'a', cuont: 1 })).toBe('test make: /cuont is not known')
    expect(problem({})).toBe('test make: the body must have required properties name')
    expect(problem([])).toBe('test make: the body must be object')
  })
})

describe('parseJson', () => {
  const parse = (text: string, depth = 4): unknown =>
    parseJson(Buffer.from(text), depth, 'WIRE_REQUEST_INVALID', 'test')

  it('counts brackets outside of strings alone', () => {
    const text = JSON.stringify({ a: ['[[[[[[', '\\"[[[[[[', '\\'] })
    expect(parse(text, 2)).toEqual({ a: ['[[[[[[', '\\"[[[[[[', '\\'] })
    expect(() => parse('[[[[[]]]]]')).toThrow(/nested deeper than 4/)
  })

  it('agrees with JSON.parse on everything that is flat enough', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 3 }), (text) => void expect(parse(text, 10)).toEqual(JSON.parse(text))))
  })

  it('gives a coded error for what is no JSON', () => {
    for (const text of ['', '{', '"', '"\\', '{"a":}', '\u0000']) {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'WIRE_REQUEST_INVALID' }))
    }
  })
})
