import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Flusher } from './flusher.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flusher-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a flush is answered, one after another and many at once', async () => {
  const flusher = new Flusher(makeFolder())
  await flusher.flush()
  await flusher.flush()
  await Promise.all(Array.from({ length: 5 }, () => flusher.flush()))
})

test('the thread that waits for the next flush does not keep the process alive', async () => {
  const folder = makeFolder()
  const script = join(folder, 'flush.mjs')
  const module = JSON.stringify(join(import.meta.dirname, 'flusher.ts'))
  writeFileSync(
    script,
    `import { Flusher } from ${module}
    await new Flusher(import.meta.dirname).flush()
    setTimeout(() => process.exit(1), 5_000).unref()`,
  )
  const child = spawn(process.execPath, [script], { stdio: 'ignore' })
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a folder that is gone is told by its name, and the next flush is tried again', async () => {
  const folder = makeFolder()
  rmSync(folder, { recursive: true })
  const flusher = new Flusher(folder)
  const refusal = { code: 'HOST_SYSTEM_CALL', message: expect.stringContaining(folder) as string }
  await expect(flusher.flush()).rejects.toMatchObject(refusal)
  await expect(flusher.flush()).rejects.toMatchObject(refusal)
})
