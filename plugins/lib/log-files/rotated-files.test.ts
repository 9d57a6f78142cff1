import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFiles } from './open-files.ts'
import { compressFile } from './rotated-files.ts'

test('a file that is compressed while the files of its log are opened is among them, in one form', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'))
  const path = join(folder, 'log')
  try {
    await writeFile(path, 'new\n')
    for (let round = 0; round < 50; round += 1) {
      await writeFile(`${path}.1`, 'old\n')
      const compressing = compressFile(`${path}.1`)
      const over = new AbortController()
      void compressing.finally(() => over.abort())
      while (!over.signal.aborted) {
        const files = await openFiles(path)
        await Promise.all(files.map(({ handle }) => handle.close()))
        expect(files).toHaveLength(2)
      }
      await compressing
      await rm(`${path}.1.gz`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
