import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { GenerationStore, type GenerationRecord } from './generation-store.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'gs-'))
  onTestFinished(async () => await rm(path, { recursive: true }))
  return path
}

const record = (number: number, manifest = 'm'): GenerationRecord => ({
  format: 1,
  number,
  at: '2026-01-01T00:00:00Z',
  origin: 'apply',
  file: '/moby.yaml',
  manifest,
  lock: 'l',
  retired: [],
})

test('the last ten generations are kept, in order', async () => {
  const store = new GenerationStore(await folder())
  for (let number = 1; number <= 12; number += 1) await store.write(record(number))
  expect(store.list().map(({ number }) => number)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  await store.remove(12)
  expect(store.last()?.number).toBe(11)
})

test('what cannot be read is left out, and a folder that cannot be written is an error with a remedy', async () => {
  const root = await folder()
  const store = new GenerationStore(root)
  await store.write(record(1))
  await writeFile(join(root, 'generations/2.json'), '{"format":1,"number":2')
  await writeFile(join(root, 'generations/3.json.new'), 'half')
  expect(new GenerationStore(root).list().map(({ number }) => number)).toEqual([1])
  expect(await readdir(join(root, 'generations'))).not.toContain('3.json.new')
  await rm(join(root, 'generations'), { recursive: true })
  await expect(store.write(record(4))).rejects.toMatchObject({
    code: 'GENERATION_NOT_KEPT',
    hint: expect.stringContaining(join(root, 'generations')) as string,
  })
})

test('a writer that is killed at any moment leaves the old generation or the new one, whole', async () => {
  const root = await folder()
  const text = 'x'.repeat(200_000)
  const store = new GenerationStore(root)
  await store.write(record(1, text))
  const code = `
    import { GenerationStore } from ${JSON.stringify(join(import.meta.dirname, 'generation-store.ts'))}
    const store = new GenerationStore(${JSON.stringify(root)})
    const last = store.last()
    process.stdout.write('ready')
    for (let number = last.number + 1; ; number += 1) await store.write({ ...last, number })`
  for (let round = 0; round < 4; round += 1) {
    const writer = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(writer.stdout, 'data')
    await sleep(5 + round * 7)
    writer.kill('SIGKILL')
    await once(writer, 'exit')
    const found = new GenerationStore(root)
    expect(found.list().every(({ manifest }) => manifest === text)).toBe(true)
    const names = (await readdir(join(root, 'generations'))).map((name) => Number(name.replace('.json', '')))
    expect(names.every(Number.isInteger)).toBe(true)
    expect(found.list().map(({ number }) => number)).toEqual(names.toSorted((a, b) => a - b))
  }
})
