import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const modes = ['module', 'process', 'container', 'docker'] as const

interface Row {
  readonly number: string
  readonly holds: readonly string[]
}

/** The rows of the table in docs/reference/misbehaviour.md, with the run modes for which each says that it holds. */
async function rows(): Promise<Row[]> {
  const page = await readFile(join(root, 'docs/reference/misbehaviour.md'), 'utf8')
  return [...page.matchAll(/^\| (D\d+) [^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|/gm)].map(
    ([, number = '', ...cells]) => ({
      number,
      holds: modes.filter((_, at) => (cells[at] ?? '').trim() !== ''),
    }),
  )
}

/** Numbers of cases in the names of tests, by the number. */
async function numbersInTests(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for await (const file of glob('{contracts,core,registry,plugins,test}/**/*{.test,prove-faults}.ts', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  })) {
    const text = await readFile(join(root, file), 'utf8')
    for (const [, number = ''] of text.matchAll(/\(\s*['"`](D\d+) /g)) {
      found.set(number, [...(found.get(number) ?? []), file])
    }
  }
  return found
}

it('each case of the table has tests of its number, and each number of a test is a case', async () => {
  const told = (await rows()).map(({ number }) => number)
  expect(told).toEqual(Array.from({ length: 23 }, (_, at) => `D${at + 1}`))
  const tested = await numbersInTests()
  expect([...tested.keys()].toSorted()).toEqual(told.toSorted())
})

it('a case that holds for plugins of Docker has a test beside their adapter, or one of the engine for every driver', async () => {
  const tested = await numbersInTests()
  for (const { number, holds } of await rows()) {
    if (!holds.includes('docker')) continue
    const files = tested.get(number) ?? []
    const beside = files.filter((file) =>
      /^plugins\/(docker-plugins|engine|api-docker)\/|^test\/|^core\/cli\//.test(file),
    )
    expect(beside, number).not.toEqual([])
  }
})
