import { describe, expect, it } from 'vitest'
import { fillDefaults, freezeDeep } from './fill-defaults.ts'

describe('defaults of a configuration', () => {
  const schema = {
    properties: {
      size: { default: 7 },
      deep: { default: {}, properties: { name: { default: 'x' } } },
      list: { items: { properties: { port: { default: 80 } } } },
      absent: { properties: { never: { default: 1 } } },
    },
  }

  it('are filled in at every depth, and only where nothing is written', () => {
    expect(fillDefaults(schema, { size: 1, list: [{}, { port: 8080 }] })).toEqual({
      size: 1,
      deep: { name: 'x' },
      list: [{ port: 80 }, { port: 8080 }],
    })
  })

  it('are copies, so that no component changes those of another', () => {
    const one = fillDefaults(schema, {}) as { deep: { name: string } }
    one.deep.name = 'changed'
    expect(fillDefaults(schema, {})).toMatchObject({ deep: { name: 'x' } })
  })

  it('are frozen at every depth', () => {
    const frozen = freezeDeep(fillDefaults(schema, { list: [{}] })) as { list: object[] }
    expect(Object.isFrozen(frozen.list[0])).toBe(true)
  })
})
