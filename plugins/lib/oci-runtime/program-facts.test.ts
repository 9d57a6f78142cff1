import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ProgramFacts } from './program-facts.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const program = (text: string) => {
  const path = join(folder, 'program')
  writeFileSync(path, text)
  return path
}

test('a program is asked once, also by several at a time', async () => {
  const ask = vi.fn(async () => 'one')
  const facts = new ProgramFacts(ask)
  const path = program('a')
  expect(await Promise.all([facts.of(path), facts.of(path)])).toEqual(['one', 'one'])
  expect(await facts.of(path)).toBe('one')
  expect(ask).toHaveBeenCalledTimes(1)
})

test('a program that was replaced is asked again', async () => {
  const answers = ['old', 'new']
  const facts = new ProgramFacts(async () => answers.shift())
  expect(await facts.of(program('a'))).toBe('old')
  expect(await facts.of(program('another'))).toBe('new')
})

test('a failure is not remembered', async () => {
  const ask = vi.fn(async () => 'well')
  ask.mockRejectedValueOnce(new Error('slow'))
  const facts = new ProgramFacts(ask)
  const path = program('a')
  await expect(facts.of(path)).rejects.toThrow('slow')
  expect(await facts.of(path)).toBe('well')
})

test('a program that is not there fails, whatever was known of it', async () => {
  const facts = new ProgramFacts(async () => 'one')
  const path = program('a')
  await facts.of(path)
  rmSync(path)
  await expect(facts.of(path)).rejects.toThrow('ENOENT')
})
