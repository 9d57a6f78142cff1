import { describe, expect, it } from 'vitest'
import { agree, isCompatible } from './handshake.ts'

describe('isCompatible', () => {
  it('takes what is not older within a major version', () => {
    expect(isCompatible('1.2.3', '1.2.3')).toBe(true)
    expect(isCompatible('1.3.0', '1.2.3')).toBe(true)
    expect(isCompatible('1.2.2', '1.2.3')).toBe(false)
    expect(isCompatible('2.0.0', '1.2.3')).toBe(false)
  })

  it('takes what is not older within a minor version below 1.0', () => {
    expect(isCompatible('0.1.4', '0.1.0')).toBe(true)
    expect(isCompatible('0.2.0', '0.1.0')).toBe(false)
  })

  it('takes nothing that is no version', () => {
    expect(isCompatible('latest', '0.1.0')).toBe(false)
  })
})

describe('agree', () => {
  const handshake = {
    Implements: [],
    component: 'acme/nfs',
    version: '1.0.0',
    contracts: [{ contract: 'storage.volume', version: '0.1.0' }],
  }
  const expected = { component: 'acme/nfs', version: '1.0.0', contracts: [] }

  it('accepts the component of the lock', () => {
    expect(() => agree(handshake, { ...expected, contracts: handshake.contracts })).not.toThrow()
  })

  it('refuses another component or version', () => {
    expect(() => agree(handshake, { ...expected, version: '1.0.1' })).toThrow(
      expect.objectContaining({ code: 'WIRE_PEER_UNEXPECTED' }),
    )
  })

  it('D8 refuses a contract that is missing or does not fit', () => {
    const wanted = [{ contract: 'storage.volume', version: '0.2.0' }]
    expect(() => agree(handshake, { ...expected, contracts: wanted })).toThrow(
      expect.objectContaining({ code: 'WIRE_VERSION_MISMATCH', message: expect.stringContaining('0.1.0') as string }),
    )
    const missing = [{ contract: 'log.driver', version: '0.1.0' }]
    expect(() => agree(handshake, { ...expected, contracts: missing })).toThrow(/not at all/)
  })
})
