import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  mapOf,
  nested,
  repeatedBytes,
  repeatedMessage,
  repeatedString,
  repeatedUint64,
  stringMap,
} from './composite-field.ts'
import { bool, bytes, exactInt64, int32, int64, string, uint32, uint64 } from './field.ts'
import { message } from './message.ts'
import { Any, formatTimestamp } from './well-known.ts'

const Everything = message('test.Everything', {
  text: string(1),
  flag: bool(2),
  small: uint32(3),
  signed: int32(4),
  large: uint64(5),
  time: int64(6),
  raw: bytes(7),
  child: nested(8, Any),
  children: repeatedMessage(9, Any),
  counters: repeatedUint64(10),
  labels: stringMap(200),
  exact: exactInt64(12),
  words: repeatedString(13),
  pieces: repeatedBytes(14),
  contents: mapOf(15, bytes),
  parts: mapOf(16, (number) => nested(number, Any)),
})

const any = fc.record({ typeUrl: fc.string({ unit: 'grapheme' }), value: fc.uint8Array({ maxLength: 20 }) })
const word = fc.string({ minLength: 1, maxLength: 5 }).filter((key) => key !== '__proto__')
const everything = fc.record({
  text: fc.string({ unit: 'grapheme' }),
  flag: fc.boolean(),
  small: fc.integer({ min: 0, max: 0xffff_ffff }),
  signed: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  large: fc.maxSafeNat(),
  time: fc.maxSafeInteger(),
  raw: fc.uint8Array({ maxLength: 300 }),
  child: fc.option(any, { nil: undefined }),
  children: fc.array(any, { maxLength: 3 }),
  counters: fc.array(fc.maxSafeNat(), { maxLength: 5 }),
  labels: fc.dictionary(word, fc.string()),
  exact: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  words: fc.array(fc.string(), { maxLength: 3 }),
  pieces: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 3 }),
  contents: fc.dictionary(word, fc.uint8Array({ maxLength: 20 })),
  parts: fc.dictionary(word, any),
})
const normal = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(
      value,
      (_, item) => (item instanceof Uint8Array ? [...item] : typeof item === 'bigint' ? String(item) : item) as unknown,
    ),
  )

describe('a message', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(everything, (value) => {
        expect(normal(Everything.decode(Everything.encode(value)))).toEqual(normal(value))
      }),
    )
  })

  test('has every member with its empty value when nothing was written', () => {
    expect(Everything.encode({})).toHaveLength(0)
    expect(Everything.decode(new Uint8Array(0))).toMatchObject({
      text: '',
      flag: false,
      small: 0,
      counters: [],
      labels: {},
    })
  })

  test('skips fields that it does not know', () => {
    const Part = message('test.Part', { small: uint32(3) })
    fc.assert(
      fc.property(everything, (value) => {
        expect(Part.decode(Everything.encode(value))).toEqual({ small: value.small })
      }),
    )
  })

  test('reads repeated numbers that are not packed', () => {
    expect(Everything.decode(Uint8Array.of(0x50, 1, 0x50, 2)).counters).toEqual([1, 2])
  })

  test('keeps any word as a key of a map, and makes nothing else of it', () => {
    const { labels } = Everything.decode(Everything.encode({ labels: { ['__proto__']: 'word', toString: 'other' } }))
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'word'],
      ['toString', 'other'],
    ])
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype)
  })

  test('of garbage throws or answers with all members, and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        try {
          expect(Object.keys(Everything.decode(garbage))).toHaveLength(16)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
    )
  })

  test('is refused when a field has another wire type', () => {
    expect(() => Everything.decode(Uint8Array.of(0x08, 1))).toThrow('test.Everything.text has wire type 0')
  })
})

test('a timestamp keeps its nanoseconds, and the zero time is none', () => {
  expect(formatTimestamp({ seconds: 1_700_000_000, nanos: 5 })).toBe('2023-11-14T22:13:20.000000005Z')
  expect(formatTimestamp({ seconds: -62_135_596_800, nanos: 0 })).toBeUndefined()
  expect(formatTimestamp(undefined)).toBeUndefined()
})
