import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { resolveOwn } from './own-modules.ts'

const urlOf = (path: string) => pathToFileURL(join(import.meta.dirname, '../..', path)).href
const importer = urlOf('plugins/one/a.ts')
const never = (specifier: string): never => {
  throw new Error(`${specifier} was looked for`)
}

test('a path with its ending is that file, and is not looked for', () => {
  expect(resolveOwn('./b.ts', importer, never)).toBe(urlOf('plugins/one/b.ts'))
  expect(resolveOwn('../two/b.ts', importer, never)).toBe(urlOf('plugins/two/b.ts'))
})

test('a package of the workspace is looked for once, whoever imports it', () => {
  let asked = 0
  const next = () => {
    asked += 1
    return { url: urlOf('plugins/lib/own/index.ts') }
  }
  expect(resolveOwn('@moby/own', importer, next)).toBe(urlOf('plugins/lib/own/index.ts'))
  expect(resolveOwn('@moby/own', urlOf('core/c.ts'), next)).toBe(urlOf('plugins/lib/own/index.ts'))
  expect(asked).toBe(1)
})

test('what others import, and what is no source of this tree, is left to Node', () => {
  expect(resolveOwn('./b.ts', 'file:///elsewhere/a.ts', never)).toBeUndefined()
  expect(resolveOwn('./b.ts', urlOf('node_modules/x/a.ts'), never)).toBeUndefined()
  // An earlier form of a component, with the packages of then beside it.
  const earlier = urlOf('data/payloads/unpacked/0a/in/parts/0/a.ts')
  for (const each of ['./b.ts', '@moby/own']) expect(resolveOwn(each, earlier, never)).toBeUndefined()
  expect(resolveOwn('./b.ts', undefined, never)).toBeUndefined()
  expect(resolveOwn('./b.js', importer, never)).toBeUndefined()
  expect(resolveOwn('semver', importer, never)).toBeUndefined()
  expect(resolveOwn('node:fs', importer, never)).toBeUndefined()
  expect(resolveOwn('@moby/published', importer, () => ({ url: 'file:///else/index.js' }))).toBeUndefined()
})
