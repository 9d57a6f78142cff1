import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LogBench, numbers } from './log-bench.fixture.ts'
import { record } from './samples.fixture.ts'

const bench = LogBench.use()
const { write, start, read, writeNumbers } = bench

test('lines that cannot be read are left out and reported', async () => {
  await start()
  await write(record('one'))
  await bench.driver.api.close({ log: 'log' })
  const text = await readFile(bench.path, 'utf8')
  await writeFile(bench.path, `${text}{"log":"half\n\u0000\u0000\n${text}`)
  expect(await read()).toEqual(['one', 'one'])
  expect(bench.warnings).toEqual(['A log has lines that cannot be read; they were left out.'])
})

test('a tail that was appended but not noted is cut off, and comes once', async () => {
  await start()
  await write(record('one'))
  await bench.driver.close()
  await appendFile(bench.path, '{"log":"two\\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}\n{"log":"thr')
  bench.renew()
  await start()
  expect(bench.reached).toBe(4)
  await write(record('two'), record('three'))
  expect(await read()).toEqual(['one', 'two', 'three'])
})

test.each([
  ['before the new file is there', async () => rename(bench.path, `${bench.path}.1`)],
  [
    'before the new file is noted',
    async () => {
      await rename(bench.path, `${bench.path}.1`)
      await writeFile(bench.path, '')
    },
  ],
  [
    'with a tail that was not noted',
    async () => {
      await appendFile(bench.path, '{"log":"lost\\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}\n')
      await rename(bench.path, `${bench.path}.1`)
    },
  ],
])('a death in the middle of a rotation, %s, loses and doubles nothing', async (_when, damage) => {
  const options = { 'max-size': '1m', 'max-file': '3' }
  await start(options)
  await writeNumbers(0, 3)
  await bench.driver.close()
  await damage()
  bench.renew()
  await start(options)
  await writeNumbers(3, 5)
  expect(await read()).toEqual(numbers(0, 5))
})

test('a file that lost its end in a power cut loses that line only', async () => {
  await start()
  await writeNumbers(0, 3)
  await bench.driver.close()
  await truncate(bench.path, (await stat(bench.path)).size - 10)
  bench.renew()
  await start()
  await writeNumbers(3, 5)
  expect(await read()).toEqual([...numbers(0, 2), ...numbers(3, 5)])
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
