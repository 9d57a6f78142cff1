import { rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Flusher } from './flusher.ts'

const folder = mkdtempSync(join(tmpdir(), 'flusher-'))
const threads = () => process.getActiveResourcesInfo().filter((each) => each === 'MessagePort').length

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a flush is answered, many at once with a later one shared, and none keeps the process alive', async () => {
  const before = threads()
  const flusher = new Flusher(folder)
  await flusher.flush()
  await Promise.all(Array.from({ length: 5 }, () => flusher.flush()))
  expect(threads()).toBe(before)
})

test('a folder that is gone is told by its name, and the next flush is tried again', async () => {
  const flusher = new Flusher(folder)
  const refusal = { code: 'HOST_SYSTEM_CALL', message: expect.stringContaining(folder) as string }
  await expect(flusher.flush()).rejects.toMatchObject(refusal)
  await expect(flusher.flush()).rejects.toMatchObject(refusal)
})
