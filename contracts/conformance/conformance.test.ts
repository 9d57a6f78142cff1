import { describe, expect, it } from 'vitest'
import { driverContracts } from '../catalog.ts'
import { casesOf, conformanceCases } from './index.ts'

describe('the conformance kit', () => {
  it.each(driverContracts.map((contract) => [contract.id, contract] as const))(
    'proves every method of %s',
    (_id, contract) => {
      const proven = new Set(casesOf(contract.id).flatMap(({ methods }) => methods))
      expect(Object.keys(contract.methods).filter((method) => !proven.has(method))).toEqual([])
      expect([...proven].filter((method) => !Object.hasOwn(contract.methods, method))).toEqual([])
    },
  )

  it('names every case once', () => {
    const ids = conformanceCases.map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })
})
