import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateSdks } from './generate/generate.ts'

const root = join(import.meta.dirname, '../..')
const remedy = 'run `npm run docs` and commit what it writes'
const generated = generateSdks()

describe('the generated part of the SDKs', () => {
  it.each([...generated])('%s is up to date', async (path, text) => {
    expect(await readFile(join(root, path), 'utf8').catch(() => ''), remedy).toBe(text)
  })

  it('has no module of a contract that is gone', async () => {
    const folder = 'contracts/sdk/python/moby_sdk/contracts'
    const files = (await readdir(join(root, folder))).filter((name) => name.endsWith('.py') && name !== '__init__.py')
    expect(files.filter((name) => !generated.has(`${folder}/${name}`))).toEqual([])
  })
})
