import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateDocs, withContractList } from './generate.ts'
import { fieldRows, typeText } from './schema-text.ts'
import { Bytes, Closed, Int64, Maybe, OneOf, StringMap } from '../component/schemas.ts'
import { Type } from 'typebox'

const root = join(import.meta.dirname, '../..')
const remedy = 'run `npm run docs` and commit what it writes'

describe('the generated documentation', () => {
  it.each([...generateDocs()])('%s is up to date', async (path, text) => {
    expect(await readFile(join(root, path), 'utf8').catch(() => ''), remedy).toBe(text)
  })

  it('lists every contract in the guide for driver authors', async () => {
    const guide = await readFile(join(root, 'docs/drivers/README.md'), 'utf8')
    expect(guide, remedy).toBe(withContractList(guide))
  })

  it('has no page of a contract that is gone', async () => {
    const known = new Set([...generateDocs().keys(), 'docs/drivers/README.md'])
    for (const folder of [
      'docs/drivers',
      'docs/drivers/schema',
      'docs/reference/engine',
      'docs/reference/engine/schema',
      'docs/reference/component',
      'docs/reference/component/schema',
    ]) {
      const files = (await readdir(join(root, folder), { withFileTypes: true })).filter((entry) => entry.isFile())
      expect(files.map(({ name }) => `${folder}/${name}`).filter((path) => !known.has(path))).toEqual([])
    }
  })
})

describe('fieldRows', () => {
  it('tells types as they are on the wire, and fields of inner objects', () => {
    const schema = Closed({
      size: Int64('Bytes'),
      data: Maybe(Bytes('Content')),
      parts: Type.Array(Closed({ kind: OneOf(['a', 'b']) })),
      labels: StringMap('Words'),
    })
    expect(fieldRows(schema as never)).toEqual([
      { path: 'size', type: '64-bit integer (decimal string)', required: true, meaning: 'Bytes' },
      { path: 'data', type: 'bytes (base64)', required: false, meaning: 'Content' },
      { path: 'parts', type: 'list of object', required: true, meaning: '' },
      { path: 'parts[].kind', type: '`a` or `b`', required: true, meaning: '' },
      { path: 'labels', type: 'map of string', required: true, meaning: 'Words' },
    ])
    expect(typeText({})).toBe('any JSON')
  })
})
