import { readFile } from 'node:fs/promises'
import type { Logger } from '@moby/contracts'
import { LogBench, record, testDamage, testFollowing, testReadBack, testWriting } from '@moby/lib-log-files/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { decodeText } from './encode-record.ts'
import { jsonFileDriver } from './json-file-driver.ts'
import type { LogDefaults } from './options.ts'

let defaults: LogDefaults
beforeEach(() => {
  defaults = {}
})

const kind = {
  open: (folder: string, log: Logger) => jsonFileDriver({ folder, defaults: () => defaults, log }),
  file: 'log-json.log',
  textOf: decodeText,
}

describe('files of JSON lines', () => {
  testWriting(kind)
  testFollowing(kind)
  testDamage(kind)
  testReadBack(kind)

  const bench = LogBench.use(kind)
  const { open, write, start, read, writeNumbers } = bench

  test('where the file is, is told', async () => {
    expect((await open()).path).toBe(bench.path)
  })

  test('what a container names as labels, environment and tag stands in each line, and a bad tag is refused', async () => {
    await start({ labels: 'tier', env: 'A', tag: '{{.Name}}' })
    await write(record('one'), record('two "2"'))
    const lines = (await readFile(bench.path, 'utf8')).trimEnd().split('\n')
    const attrs = { tier: 'front', A: '1', tag: 'web' }
    expect(lines.map((line) => (JSON.parse(line) as { attrs: unknown }).attrs)).toEqual([attrs, attrs])
    expect(await read()).toEqual(['one', 'two "2"'])
    await expect(bench.driver.api.validate({ options: { tag: '{{.Nope}}' } })).rejects.toMatchObject({
      code: 'LOG_OPTION_INVALID',
    })
  })

  test('a closed log takes no line, and the defaults of the component are for the logs opened later', async () => {
    await start()
    await bench.driver.api.close({ log: 'log' })
    await expect(write(record('x'))).rejects.toMatchObject({ code: 'LOG_NOT_FOUND' })
    defaults = { maxSize: '300' }
    await start({ 'max-file': '2' })
    await writeNumbers(0, 30)
    expect(await bench.files()).toEqual(['log-json.log', 'log-json.log.1', 'position'])
  })
})
