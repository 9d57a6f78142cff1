import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinLibrary } from './join.ts'
import { entries, findLibrary } from './place.ts'

const hook = join(import.meta.dirname, 'hook.ts')
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'joined-'))
  await joinLibrary()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a module below core with the hook, and answers what it prints. */
function runModule(text: string): unknown {
  const args = ['--import', hook, '--input-type=module', '-e', text]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }))
}

test('every name of the library is read from its joined form, and gives what the installed one gives', async () => {
  for (const name of Object.keys(entries)) {
    const text = `console.log(JSON.stringify([import.meta.resolve('${name}'), Object.keys(await import('${name}'))]))`
    const [url, names] = runModule(text) as [string, string[]]
    expect(url).toContain(findLibrary().joined)
    const installed = join(findLibrary().installed, 'build', name.slice('typebox'.length), 'index.mjs')
    expect(names).toEqual(Object.keys((await import(installed)) as object))
  }
})

test('a schema made by one part of the joined library is understood by the others', () => {
  const answer = runModule(`
    import { Type } from 'typebox'
    import { Compile } from 'typebox/compile'
    import { Errors } from 'typebox/value'
    const schema = Type.Object({ size: Type.Integer({ minimum: 1 }) }, { additionalProperties: false })
    const validator = Compile(schema)
    console.log(JSON.stringify([validator.Check({ size: 1 }), validator.Check({ size: 0 }), Errors(schema, { size: 0 }).length]))
  `)
  expect(answer).toEqual([true, false, 1])
})

test('the command loads no module of the library as it is installed', () => {
  const list = join(folder, 'loaded')
  const count = join(folder, 'count.mjs')
  writeFileSync(
    count,
    `import { registerHooks } from 'node:module'
     import { appendFileSync } from 'node:fs'
     registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(list)}, url + '\\n'); return next(url, context) } })`,
  )
  const assembly = join(import.meta.dirname, '../../plugins/origin/moby.yaml')
  execFileSync(join(import.meta.dirname, '../bin/moby'), ['graph', '--assembly', assembly], {
    env: { ...process.env, NODE_OPTIONS: `--import ${count}` },
  })
  const loaded = readFileSync(list, 'utf8').split('\n')
  expect(loaded.some((url) => url.includes('/core/cli/'))).toBe(true)
  expect(loaded.filter((url) => url.includes('/node_modules/typebox/'))).toEqual([])
})
