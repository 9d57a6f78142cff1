import { existsSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogRecord } from '@moby/contracts'
import { expect, test } from 'vitest'
import { LogBench, numbers, type LogKind } from './log-bench.ts'
import { record, timeOf } from './samples.ts'

/** What is written, rotated and read back by any driver of log files. */
export function testWriting(kind: LogKind): void {
  const bench = LogBench.use(kind)
  const { file } = kind
  const { open, write, start, read, follow, writeNumbers } = bench

  test('what was written is read back, also by the next driver and while the log is closed', async () => {
    expect((await open()).position).toEqual({ stdout: '0', stderr: '0' })
    await start()
    await write(record('one'), record('two', 1))
    expect(await read()).toEqual(['one', 'two'])
    await bench.driver.close()
    bench.renew()
    expect(await read({ follow: true })).toEqual(['one', 'two'])
    expect((await open()).position).toEqual({ stdout: '8', stderr: '0' })
    expect(bench.warnings).toEqual([])
  })

  test('a batch that the log has already is dropped', async () => {
    await start()
    await write(record('one'))
    await bench.driver.api.write({ log: 'log', records: [record('one')], position: { stdout: '4', stderr: '0' } })
    expect(await read()).toEqual(['one'])
  })

  test('a log that was never opened is unknown', async () => {
    await expect(read()).rejects.toMatchObject({ code: 'LOG_NOT_FOUND' })
    await expect(write(record('x'))).rejects.toMatchObject({ code: 'LOG_NOT_FOUND' })
    await bench.driver.api.close({ log: 'log' })
    await bench.driver.api.remove({ log: 'log' })
  })

  test('pieces of a line are numbered, and a tail takes lines as a whole', async () => {
    await start()
    const piece = (text: string, ordinal: number, last: boolean) =>
      record(text, 0, { partial: { id: 'p', ordinal, last } })
    await write(
      record('zero'),
      piece('a', 1, false),
      piece('b', 2, false),
      piece('c', 3, true),
      record('two'),
      piece('end', 1, false),
    )
    expect(await read()).toEqual(['zero', 'a~1', 'b~2', 'c~3.', 'two', 'end~1'])
    expect(await read({ tail: 3 })).toEqual(['a~1', 'b~2', 'c~3.', 'two', 'end~1'])
    expect(await read({ tail: 1 })).toEqual(['end~1'])
  })

  test('a file that is full is rotated, and the oldest is dropped', async () => {
    await start({ 'max-size': '400', 'max-file': '3' })
    await write(...Array.from({ length: 40 }, (_, index) => record(`line ${index}`, index)))
    expect(await bench.files()).toEqual([file, `${file}.1`, `${file}.2`, 'position'])
    for (const name of ['', '.1', '.2']) expect((await stat(`${bench.path}${name}`)).size).toBeLessThan(500)
    const kept = await read()
    expect(kept).toEqual(numbers(40 - kept.length, 40))
    expect(kept.length).toBeGreaterThan(10)
    expect((await open()).position.stdout).toBe(String(bench.reached))
  })

  test('with one file only, a full one is begun anew', async () => {
    await start({ 'max-size': '300' })
    await writeNumbers(0, 50)
    expect(await bench.files()).toEqual([file, 'position'])
    expect((await read()).at(-1)).toBe('line 49')
  })

  test('a file goes on below its size, and is rotated at it', async () => {
    await start()
    await write(record('one'))
    const { size } = await stat(bench.path)
    await start({ 'max-size': String(size + 1), 'max-file': '2' })
    await write(record('two'))
    expect(await bench.files()).not.toContain(`${file}.1`)
    await bench.driver.api.remove({ log: 'log' })
    await start({ 'max-size': String(size), 'max-file': '2' })
    await write(record('one'))
    await write(record('two'))
    expect(await bench.files()).toContain(`${file}.1`)
  })

  test('a batch that failed in its middle comes again, and each of its lines is there once', async () => {
    await start({ 'max-size': '300', 'max-file': '9' })
    await write(record('before'))
    // What stands in the way of a rotation.
    await mkdir(`${bench.path}.8`)
    await writeFile(join(`${bench.path}.8`, 'x'), '')
    const batch = Array.from({ length: 30 }, (_, at): LogRecord => ({
      ...record(`line ${at}`, at),
      stream: at % 4 === 3 ? 'stderr' : 'stdout',
    }))
    const bytes = (stream: string) =>
      batch.filter((each) => each.stream === stream).reduce((sum, { line }) => sum + line.length + 1, 0)
    const position = { stdout: String(bench.reached + bytes('stdout')), stderr: String(bytes('stderr')) }
    const send = () => bench.driver.api.write({ log: 'log', records: batch, position })
    await expect(send()).rejects.toThrow()
    await rm(`${bench.path}.8`, { recursive: true })
    await send()
    await send()
    expect(await read()).toEqual(['before', ...numbers(0, 30)])
    expect((await open()).position).toEqual(position)
  })

  test('rotated files are compressed behind the back of the writer, and read like others', async () => {
    await start({ 'max-size': '1k', 'max-file': '20', compress: 'true' })
    await writeNumbers(0, 200)
    await bench.driver.api.close({ log: 'log' })
    const names = await bench.files()
    expect(names.filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(3)
    expect(await read()).toEqual(numbers(0, 200))
    expect(await read({ tail: 150 })).toEqual(numbers(50, 200))
  })

  test('a long line comes back from a compressed file, and so does what stands around it', async () => {
    const lines = ['before', 'long'.repeat(150_000), 'after', 'last']
    await start({ 'max-size': '1k', 'max-file': '9', compress: 'true' })
    for (const line of lines) await write(record(line))
    await bench.driver.api.close({ log: 'log' })
    expect(await bench.files()).toContain(`${file}.1.gz`)
    expect(await read()).toEqual(lines)
    expect(await read({ tail: 3 })).toEqual(lines.slice(1))
  })

  test('since, until, tail and streams choose', async () => {
    await start({ 'max-size': '1k', 'max-file': '200' })
    await writeNumbers(0, 1000)
    expect(await read({ since: timeOf(990) })).toEqual(numbers(990, 1000))
    expect(await read({ until: timeOf(5) })).toEqual(numbers(0, 6))
    expect(await read({ tail: 0 })).toEqual([])
    expect(await read({ tail: 30 })).toEqual(numbers(970, 1000))
    expect(await read({ tail: 5000 })).toEqual(numbers(0, 1000))
    expect(await read({ tail: 5, since: timeOf(998) })).toEqual(numbers(998, 1000))
    expect(await read({ streams: ['stderr'] })).toEqual([])
  }, 20_000)

  test('remove leaves nothing', async () => {
    await start()
    await write(record('one'))
    const { following, begun } = follow()
    await begun
    await bench.driver.api.remove({ log: 'log' })
    expect(await following).toEqual(['one'])
    expect(existsSync(join(bench.folder, 'log'))).toBe(false)
  })
}
