import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodedError } from '@moby/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KnownValues } from './known-values.ts'
import { problemsOf } from './problems.ts'
import { readDescriptor } from './read-descriptor.ts'

let tree: string
let file: string
let values: KnownValues
const kept = () => join(tree, '.cache/documents')

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'known-'))
  file = join(tree, 'one/component.yaml')
  values = new KnownValues(kept(), tree)
})
afterEach(() => rmSync(tree, { recursive: true, force: true }))

test('a value is known again for the same file with the same text, to every other process too', () => {
  const value = { name: 'a/b', list: [1, null, { deep: true }], '': 'x' }
  values.put(file, 'text', value)
  expect(values.get(file, 'text')).toEqual(value)
  expect(new KnownValues(kept(), tree).get(file, 'text')).toEqual(value)
  expect(values.get(file, 'another text')).toBeUndefined()
  expect(values.get(join(tree, 'two/component.yaml'), 'text')).toBeUndefined()
  // Whoever changes what he was given changes his own.
  ;(values.get(file, 'text') as { name: string }).name = 'changed'
  expect(values.get(file, 'text')).toEqual(value)
})

test('of a file its last text alone is kept', () => {
  values.put(file, 'first', 1)
  values.put(file, 'second', 2)
  expect([values.get(file, 'first'), values.get(file, 'second')]).toEqual([undefined, 2])
  expect(readdirSync(kept())).toHaveLength(1)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, -0, undefined, { a: undefined }, new Date(0), 10n ** 20n])(
  'a value that JSON cannot tell is not kept: %s',
  (value) => {
    values.put(file, 'text', value)
    expect(values.get(file, 'text')).toBeUndefined()
  },
)

test('nothing is kept of files elsewhere, of installed packages and of payloads', () => {
  const places = ['/elsewhere/a.yaml', join(tree, 'node_modules/x/a.yaml'), join(tree, 'data/payloads/in/a.yaml')]
  for (const each of places) {
    values.put(each, 'text', 1)
    expect(values.get(each, 'text')).toBeUndefined()
  }
})

test('a folder that is damaged, or cannot be written, costs the time to parse and no more', () => {
  values.put(file, 'text', 1)
  for (const name of readdirSync(kept())) writeFileSync(join(kept(), name), '{"digest":')
  expect(values.get(file, 'text')).toBeUndefined()
  rmSync(kept(), { recursive: true })
  writeFileSync(kept(), 'a file where the folder should be')
  values.put(file, 'text', 1)
  expect(values.get(file, 'text')).toBeUndefined()
})

test('a fault of a document that is known has its place', () => {
  const own = join(import.meta.dirname, 'fixtures/known.yaml')
  const text = 'contract: none\nname: a/b\n'
  const faults = () => {
    try {
      readDescriptor(own, text)
      return []
    } catch (error) {
      return problemsOf(error as CodedError).map(({ message, span }) => ({ message, span }))
    }
  }
  const first = faults()
  expect(first).toContainEqual(expect.objectContaining({ span: expect.objectContaining({ file: own }) as unknown }))
  // It was parsed, and is known now.
  expect(new KnownValues().get(own, text)).toEqual({ contract: 'none', name: 'a/b' })
  expect(faults()).toEqual(first)
})
