import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringMap } from './composite-field.ts'
import { string, uint64 } from './field.ts'
import { message } from './message.ts'
import { rawFields } from './raw-fields.ts'

const Sample = message('test.Sample', { name: string(1), count: uint64(2), labels: stringMap(300) })

test('the fields of a message, put together again, are the message byte for byte', () => {
  fc.assert(
    fc.property(fc.string(), fc.maxSafeNat(), fc.dictionary(fc.string(), fc.string()), (name, count, labels) => {
      const encoded = Sample.encode({ name, count, labels })
      expect(Buffer.concat(rawFields(encoded).map(({ whole }) => whole))).toEqual(Buffer.from(encoded))
    }),
  )
})

test('the value of a text comes without tag and length, and a number has none', () => {
  const [name, count] = rawFields(Sample.encode({ name: 'busybox', count: 7 }))
  expect(Buffer.from(name?.value ?? []).toString()).toBe('busybox')
  expect(count).toMatchObject({ number: 2, value: undefined })
})

test('a message that is cut short is refused', () => {
  const encoded = Sample.encode({ name: 'busybox' })
  expect(() => rawFields(encoded.subarray(0, 4))).toThrow(RangeError)
})
