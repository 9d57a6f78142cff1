import type { CodedError, Descriptor } from '@moby/contracts'
import { describe, expect, it } from 'vitest'
import { checkConfig, componentConfig } from './component-config.ts'
import { parseManifest } from './load-manifest.ts'

function descriptorWith(config: Record<string, unknown> | undefined): Descriptor {
  const base = { name: 't/x', version: '1.0.0', description: '', modes: ['module' as const], provides: [] }
  return config === undefined ? base : { ...base, config }
}

function check(config: string, schema: Record<string, unknown> | undefined): CodedError[] {
  const text = `assembly: a\nversion: 1.0.0\ncomponents:\n  x:\n    use: t/x\n    config: ${config}\n`
  return checkConfig(parseManifest('moby.yaml', text), 'x', descriptorWith(schema))
}

const told = (problems: readonly CodedError[]) => problems.map(({ code, message }) => [code, message.split(': ')[1]])

describe('the configuration of a component', () => {
  it('gives one error where none of several forms fits', () => {
    const schema = {
      properties: { size: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^[0-9]+[kmg]$' }] } },
    }
    const problems = check('{ size: [1] }', { type: 'object', ...schema })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ code: 'CONFIG_VALUE', span: { line: 6 } })
    expect(check('{ size: 5m }', { type: 'object', ...schema })).toEqual([])
  })

  it('tells the faults inside of lists and mappings at their own places', () => {
    const item = {
      type: 'object',
      additionalProperties: false,
      required: ['base'],
      properties: { base: { type: 'string' } },
    }
    const schema = { type: 'object', properties: { pools: { type: 'array', items: item } } }
    expect(told(check('{ pools: [{ base: x }, { base: 1 }, {}, { base: y, siz: 2 }] }', schema))).toEqual([
      ['CONFIG_TYPE', 'pools.1.base must be text, but it is the number 1'],
      ['CONFIG_KEY_MISSING', 'in pools.2 the key base is missing'],
      ['CONFIG_KEY_UNKNOWN', 'in pools.3 there is no key siz'],
    ])
  })

  it('blames the component for a schema that cannot be used', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', pattern: '(' } } }
    expect(check('{ a: x }', schema)).toMatchObject([{ code: 'CONFIG_SCHEMA_INVALID', span: { line: 5 } }])
  })

  it('is empty for a component without a schema', () => {
    expect(told(check('{ a: 1 }', undefined))).toEqual([['CONFIG_KEY_UNKNOWN', 'there is no key a']])
    const file = parseManifest('moby.yaml', 'assembly: a\nversion: 1.0.0\ncomponents:\n  x: { use: t/x }\n')
    expect(componentConfig(file, 'x', descriptorWith(undefined))).toEqual({})
  })

  it('never changes the manifest when defaults are filled in', () => {
    const text = 'assembly: a\nversion: 1.0.0\ncomponents:\n  x: { use: t/x, config: { deep: {} } }\n'
    const file = parseManifest('moby.yaml', text)
    const schema = { type: 'object', properties: { deep: { type: 'object', properties: { n: { default: 1 } } } } }
    expect(componentConfig(file, 'x', descriptorWith(schema))).toEqual({ deep: { n: 1 } })
    expect(file.manifest.components['x']?.config).toEqual({ deep: {} })
  })
})
