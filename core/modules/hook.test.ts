import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinLibraries } from './join.ts'
import { entries, findJoined } from './place.ts'

const hook = join(import.meta.dirname, 'hook.ts')
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'joined-'))
  await joinLibraries()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a module in a folder, with the hook or without, and answers what it prints. */
function runModule(text: string, { cwd = import.meta.dirname, hooked = true } = {}): unknown {
  const args = [...(hooked ? ['--import', hook] : []), '--input-type=module', '-e', text]
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }))
}

test('every name of a library is read from its joined form, and gives what the installed one gives', () => {
  const text = `
    const told = []
    for (const name of ${JSON.stringify(Object.keys(entries))}) {
      const library = await import(name)
      const kinds = Object.keys(library).map((each) => each + ' ' + typeof library[each])
      told.push({ url: import.meta.resolve(name), kinds: kinds.filter((each) => !each.startsWith('module.exports')) })
    }
    console.log(JSON.stringify(told))`
  interface Told {
    readonly url: string
    readonly kinds: readonly string[]
  }
  const joined = runModule(text) as Told[]
  const installed = runModule(text, { hooked: false }) as Told[]
  expect(joined.filter(({ url }) => !url.includes(findJoined() ?? 'nowhere'))).toEqual([])
  expect(installed.filter(({ url }) => url.includes('/.cache/'))).toEqual([])
  expect(joined.map(({ kinds }) => kinds)).toEqual(installed.map(({ kinds }) => kinds))
})

test('what others import is theirs, of whatever version', () => {
  const theirs = join(folder, 'node_modules/semver')
  mkdirSync(theirs, { recursive: true })
  writeFileSync(join(theirs, 'package.json'), '{ "name": "semver", "exports": "./theirs.mjs" }')
  writeFileSync(join(theirs, 'theirs.mjs'), 'export default "theirs"')
  const text = `console.log(JSON.stringify((await import('semver')).default))`
  expect(runModule(text, { cwd: folder })).toBe('theirs')
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

test('the command loads no library as it is installed', () => {
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
  const names = Object.keys(entries).map((name) => `/node_modules/${name.split('/')[0]}/`)
  expect(loaded.filter((url) => names.some((name) => url.includes(name)))).toEqual([])
})
