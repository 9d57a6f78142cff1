import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import type { Logger } from '@moby/contracts'
import {
  info,
  LogBench,
  numbers,
  record,
  testDamage,
  testFollowing,
  testReadBack,
  testWriting,
} from '@moby/lib-log-files/testing'
import { describe, expect, test } from 'vitest'
import { localDriver } from './local-driver.ts'

const kind = {
  open: (folder: string, log: Logger) => localDriver({ folder, defaults: () => ({}), log }),
  file: 'container.log',
  textOf: (line: Uint8Array) => Buffer.from(line).toString('latin1'),
}

describe('files of framed messages', () => {
  testWriting(kind)
  testFollowing(kind)
  testDamage(kind)
  testReadBack(kind)

  const bench = LogBench.use(kind)
  const { open, write, start, read, writeNumbers } = bench

  test('where the file is, is not told', async () => {
    expect(await open()).toEqual({ position: { stdout: '0', stderr: '0' } })
  })

  test('full files are compressed unless told otherwise', async () => {
    await bench.driver.api.open({ log: 'log', info: { ...info, options: { 'max-size': '1k' } } })
    await writeNumbers(0, 100)
    await bench.driver.api.close({ log: 'log' })
    expect(await bench.files()).toEqual([
      'container.log',
      'container.log.1.gz',
      'container.log.2.gz',
      'container.log.3.gz',
      'position',
    ])
    expect(await read()).toEqual(numbers(0, 100))
  })

  test('a file that lost its end has no damage once it goes on, so that dockerd reads it too', async () => {
    await start()
    await writeNumbers(0, 3)
    await bench.driver.close()
    await truncate(bench.path, (await stat(bench.path)).size - 10)
    bench.renew()
    await start()
    await writeNumbers(3, 4)
    expect(await read()).toEqual(['line 0', 'line 1', 'line 3'])
    expect(bench.warnings).toEqual([])
  })

  test('damage in the middle of a file is left out and reported, and what follows it is read', async () => {
    await start()
    await write(record('one'))
    await bench.driver.api.close({ log: 'log' })
    const bytes = await readFile(bench.path)
    await writeFile(bench.path, bytes)
    for (const piece of [bytes.subarray(0, -2), Buffer.alloc(40), bytes]) await appendFile(bench.path, piece)
    for (const how of [{}, { tail: 9 }]) expect(await read(how)).toEqual(['one', 'one'])
    const warning = 'A log has lines that cannot be read; they were left out.'
    expect(bench.warnings).toEqual([warning, warning])
  })
})
