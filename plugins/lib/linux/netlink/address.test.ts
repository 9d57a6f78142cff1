import { isIPv6 } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressBytes, addressText, parsePrefix } from './address.ts'

test('every address keeps its bytes through its text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      const bytes = addressBytes(address)
      const text = addressText(bytes)
      expect(isIPv6(text)).toBe(bytes.length === 16)
      expect(addressBytes(text)).toEqual(bytes)
    }),
  )
})

test('IPv6 text is the shortest form', () => {
  expect(addressText(addressBytes('2001:0DB8:0:0:1:0:0:1'))).toBe('2001:db8::1:0:0:1')
  expect(addressText(addressBytes('::'))).toBe('::')
  expect(addressText(addressBytes('fe80::'))).toBe('fe80::')
  expect(addressText(addressBytes('::ffff:1.2.3.4'))).toBe('::ffff:102:304')
})

test('what is no prefix is refused', () => {
  expect(parsePrefix('10.1.2.3/16')).toEqual({ address: Uint8Array.of(10, 1, 2, 3), length: 16 })
  for (const text of ['10.1.2.3', '10.1.2.3/33', '10.1.2/8', '::/129', '1.2.3.4/8/8', '1.2.3.4/', '']) {
    expect(() => parsePrefix(text)).toThrow(/is not an/)
  }
})
