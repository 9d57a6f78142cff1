import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { makeFifo } from '@moby/lib-linux'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OutputSource } from './output-source.ts'
import { Spool } from './spool.ts'

let folder = ''
let source: OutputSource
let fifo = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-'))
  const path = join(folder, 'fifo')
  makeFifo(path, 0o600)
  source = new OutputSource(path, Spool.open(folder, 'stdout', 0), { stallMs: 1000, trouble: () => undefined })
  fifo = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
})
afterEach(() => {
  closeSync(fifo)
  source.close()
  rmSync(folder, { recursive: true, force: true })
})

/** How often a reader is woken by a process that writes a line in each turn of the event loop. */
async function wakesFor(lines: number, patient: boolean): Promise<number> {
  let wakes = 0
  const reader = source.follow(0, { patient, wake: () => (wakes += 1) })
  source.start()
  const end = source.end + lines * 2
  for (let line = 0; line < lines; line += 1) {
    writeSync(fifo, '.\n')
    await setImmediate()
  }
  while (source.end < end) await setImmediate()
  expect(source.read(0, lines * 2).toString()).toBe('.\n'.repeat(lines))
  source.leave(reader)
  return wakes
}

test('lines that only a log follows come together', async () => {
  const began = performance.now()
  const wakes = await wakesFor(2000, true)
  // Once in three milliseconds, on a clock of whole ones; a machine that is busy writes fewer lines in them.
  expect(wakes).toBeLessThan(20 + (performance.now() - began) / 2)
})

test('a client that is attached has each line at once', async () => {
  expect(await wakesFor(200, false)).toBeGreaterThan(150)
})
