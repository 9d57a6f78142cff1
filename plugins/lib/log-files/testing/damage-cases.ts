import { appendFile, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { LogBench, numbers, type LogKind } from './log-bench.ts'
import { record } from './samples.ts'

/** What a death or a loss of power may leave. */
export function testDamage(kind: LogKind): void {
  const bench = LogBench.use(kind)
  const { write, start, read, writeNumbers } = bench

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
        await appendFile(bench.path, await readFile(bench.path))
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

  test('a tail that was appended but not noted is cut off, and comes once', async () => {
    await start()
    await write(record('one'))
    await bench.driver.close()
    const bytes = await readFile(bench.path)
    await appendFile(bench.path, Buffer.concat([bytes, bytes.subarray(0, bytes.length - 3)]))
    bench.renew()
    await start()
    expect(bench.reached).toBe(4)
    await write(record('two'), record('three'))
    expect(await read()).toEqual(['one', 'two', 'three'])
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
    expect(await read({ tail: 3 })).toEqual([...numbers(1, 2), ...numbers(3, 5)])
  })

  test('a long record that was not finished is no damage, also where only the end is read', async () => {
    await start()
    await write(record('one'), record('two'.repeat(100_000)))
    await bench.driver.close()
    await truncate(bench.path, (await stat(bench.path)).size - 3)
    bench.renew()
    expect(await read()).toEqual(['one'])
    expect(await read({ tail: 1 })).toEqual(['one'])
    expect(bench.warnings).toEqual([])
  })
}
