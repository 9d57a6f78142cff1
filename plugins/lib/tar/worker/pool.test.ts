import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountAll, unmount } from '@moby/lib-linux'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyLayer } from '../apply-layer.ts'
import { copyFolder, measureFolder, writeLayer } from '../trees.ts'

/** More than there are threads. */
const many = 3 * Math.max(2, availableParallelism())
const bytes = 12 << 20
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pool-'))
  mkdirSync(join(folder, 'from'))
  writeFileSync(join(folder, 'from/big'), Buffer.alloc(bytes, 7))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pack = () => writeLayer({ form: 'plain', root: join(folder, 'from') })
const target = (name: string) => {
  mkdirSync(join(folder, name))
  return join(folder, name)
}

test('more trees than there are threads are packed and unpacked at once, each read by its unpacking', async () => {
  const packed = Array.from({ length: many }, pack)
  // All are being packed before the first is unpacked.
  const first = await Promise.all(packed.map((stream) => stream.next()))
  const done = packed.map(async (stream, at) => {
    const whole = async function* () {
      const start = first[at]
      if (start?.done === false) yield start.value
      yield* stream
    }
    return await applyLayer({ root: target(`to-${at}`) }, whole())
  })
  const sizes = (await Promise.all(done)).map(({ size }) => size)
  expect(sizes).toEqual(packed.map(() => bytes))
  expect(readFileSync(join(folder, 'to-0/big')).equals(readFileSync(join(folder, 'from/big')))).toBe(true)
})

test('who reads a tree and stands still keeps nobody from work', async () => {
  const stalled = Array.from({ length: many }, pack)
  try {
    for (const stream of stalled) await stream.next()
    expect((await measureFolder({ form: 'plain', root: join(folder, 'from') })).size).toBe(bytes)
    await copyFolder(join(folder, 'from'), target('copy'))
  } finally {
    await Promise.all(stalled.map((stream) => stream.return()))
  }
})

test('who feeds an unpacking and stands still keeps nobody from work', async () => {
  const { promise: stands, resolve: goOn } = Promise.withResolvers<void>()
  const stalled = Array.from({ length: many }, (_, at) => {
    const input = async function* () {
      for await (const piece of pack()) {
        yield piece
        await stands
      }
    }
    return applyLayer({ root: target(`stalled-${at}`) }, input())
  })
  try {
    await applyLayer({ root: target('other') }, pack())
  } finally {
    goOn()
    await Promise.all(stalled)
  }
})

test('work that was given up while it waited for a thread is not done', async () => {
  const giveUp = new AbortController()
  const busy = Array.from({ length: many }, (_, at) => copyFolder(join(folder, 'from'), target(`busy-${at}`)))
  const late = copyFolder(join(folder, 'from'), target('late'), { signal: giveUp.signal })
  giveUp.abort()
  await expect(late).rejects.toMatchObject({ code: 'CANCELLED' })
  await Promise.all(busy)
  expect(existsSync(join(folder, 'late/big'))).toBe(false)
})

test('a copy that finds no room says so', async () => {
  const full = target('full')
  mountAll([{ type: 'tmpfs', source: 'tmpfs', options: ['size=1m'] }], full)
  try {
    await expect(copyFolder(join(folder, 'from'), full)).rejects.toMatchObject({
      code: 'STORAGE_FULL',
      hint: expect.stringContaining('prune'),
    })
  } finally {
    unmount(full, { detach: true })
  }
})
