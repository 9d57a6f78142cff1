import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contractCatalog, errorAreas, errorTable } from '@moby/contracts'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Codes that sources name, each with the first place. */
async function codesIn(pattern: RegExp): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const files = glob('{contracts,core,registry,plugins}/**/*.ts', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  })
  for await (const file of files) {
    if (file.startsWith('contracts/errors/') || file.endsWith('.test.ts')) continue
    const text = await readFile(join(root, file), 'utf8')
    for (const match of text.matchAll(pattern)) {
      if (!found.has(match[1] as string)) found.set(match[1] as string, file)
    }
  }
  return found
}

describe('the error table', () => {
  it('holds every code that a source raises', async () => {
    const raised = await codesIn(/[cC]odedError\(\s*'([A-Z0-9_]+)'/g)
    expect(raised.size).toBeGreaterThan(20)
    expect([...raised].filter(([code]) => !Object.hasOwn(errorTable, code))).toEqual([])
  })

  it('holds every code that a contract documents', () => {
    const unknown = [...contractCatalog.values()].flatMap((contract) =>
      Object.entries(contract.methods).flatMap(([method, { errors }]) =>
        errors.filter((code) => !Object.hasOwn(errorTable, code)).map((code) => `${contract.id} ${method}: ${code}`),
      ),
    )
    expect(unknown).toEqual([])
  })

  it('has each code in one area alone', () => {
    const codes = Object.values(errorAreas).flatMap((area) => Object.keys(area))
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([])
    expect(codes.toSorted()).toEqual(Object.keys(errorTable).toSorted())
  })
})
