import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LogBench, record } from '@moby/lib-log-files/testing'
import { expect, test } from 'vitest'
import { jsonFileDriver } from './json-file-driver.ts'

const bench = LogBench.use({
  open: (folder, log) => jsonFileDriver({ folder, defaults: () => ({}), log }),
  file: 'log-json.log',
})
const { write, start, read } = bench

test('lines that cannot be read are left out and reported', async () => {
  await start()
  await write(record('one'))
  await bench.driver.api.close({ log: 'log' })
  const text = await readFile(bench.path, 'utf8')
  await writeFile(bench.path, `${text}{"log":"half\n\u0000\u0000\n${text}`)
  expect(await read()).toEqual(['one', 'one'])
  expect(bench.warnings).toEqual(['A log has lines that cannot be read; they were left out.'])
})

test('a writer killed at any moment, also while it rotates and compresses, loses and doubles nothing', async () => {
  const script = join(import.meta.dirname, 'kill-writer.fixture.ts')
  const end = 15_000
  let rounds = 0
  for (let done = false; !done; rounds += 1) {
    const child = spawn(process.execPath, [script, bench.folder, String(end)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let output = ''
    child.stdout.on('data', (data) => (output += String(data)))
    await Promise.race([once(child.stdout, 'data'), exited])
    // The last one goes to its end.
    const timer = rounds < 12 ? globalThis.setTimeout(() => child.kill('SIGKILL'), Math.random() * 60) : undefined
    await exited
    clearTimeout(timer)
    done = output.endsWith('done\n')
  }
  expect(rounds).toBeGreaterThan(2)
  const lines = await read()
  expect(lines).toHaveLength(end)
  expect(lines.findIndex((line, index) => Number(line) !== index)).toBe(-1)
}, 120_000)
