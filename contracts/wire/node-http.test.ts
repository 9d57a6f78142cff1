import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'

test('who speaks the wire does not load undici', () => {
  const text = `await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
    console.log(JSON.stringify(process.moduleLoadList))`
  const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' })
  expect(JSON.parse(loaded)).toContain('NativeModule http')
  expect(loaded).not.toContain('undici')
})
