import { describe, expect, it } from 'vitest'
import { contractCatalog, driverContracts } from '../catalog.ts'
import { casesOf, conformanceCases, smokeCasesOf } from './index.ts'

describe('the conformance kit', () => {
  it.each(driverContracts.map((contract) => [contract.id, contract] as const))(
    'proves every method of %s',
    (_id, contract) => {
      const proven = new Set(casesOf(contract.id).flatMap(({ methods }) => methods))
      expect(Object.keys(contract.methods).filter((method) => !proven.has(method))).toEqual([])
      expect([...proven].filter((method) => !Object.hasOwn(contract.methods, method))).toEqual([])
    },
  )

  it('says of every contract why two lives of a driver may run at once or not', () => {
    const silent = [...contractCatalog.values()].filter(({ overlapWhy = '' }) => !/^[A-Z].*\.$/.test(overlapWhy))
    expect(silent.map(({ id }) => id)).toEqual([])
  })

  it('tries nothing on a driver in use that needs a fixture or a restart', () => {
    expect(conformanceCases.filter(({ smoke, needs }) => smoke && needs.length > 0).map(({ id }) => id)).toEqual([])
    expect(smokeCasesOf('storage.volume').length).toBeGreaterThan(2)
  })

  it('names every case once', () => {
    const ids = conformanceCases.map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })
})
