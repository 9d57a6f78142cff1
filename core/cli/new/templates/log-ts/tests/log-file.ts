import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { LogFile } from '../log-file.ts'
import { chosen } from '../reading.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'))
})
afterEach(() => rm(folder, { recursive: true }))

const record = (text: string) => ({
  stream: 'stdout' as const,
  time: '2026-01-01T00:00:00.000000001Z',
  line: Buffer.from(text),
})
async function textOf(log: LogFile, tail?: number): Promise<string> {
  const lines: string[] = []
  for await (const batch of chosen({ log: 'l', ...(tail === undefined ? {} : { tail }) }, async () => log)) {
    lines.push(...batch.map(({ line }) => Buffer.from(line).toString()))
  }
  return lines.join()
}

test('a batch that comes again is not written again', async () => {
  const log = await LogFile.open(join(folder, 'l'))
  await log.write([record('one')], { stdout: '4', stderr: '0' })
  await log.write([record('one')], { stdout: '4', stderr: '0' })
  await log.write([record('two')], { stdout: '8', stderr: '0' })
  assert.equal(await textOf(log), 'one,two')
  assert.equal(await textOf(log, 1), 'two')
  await log.close()
})

test('a batch that was cut by the end of the process is not there', async () => {
  const path = join(folder, 'l')
  const log = await LogFile.open(path)
  await log.write([record('one')], { stdout: '4', stderr: '0' })
  await log.close()
  await appendFile(path, '{"position":{"stdout":"8"')
  const again = await LogFile.open(path)
  assert.deepEqual(again.position, { stdout: '4', stderr: '0' })
  await again.write([record('two')], { stdout: '8', stderr: '0' })
  assert.equal(await textOf(again), 'one,two')
  await again.close()
})
