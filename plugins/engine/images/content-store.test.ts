import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { mountAll, unmount } from '@moby/lib-linux'
import { inPieces } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from './chain-id.ts'
import { ContentStore, readSpooled, spoolToEnd } from './content-store.ts'
import { keepCopy } from './extend/keep-copy.ts'
import { writeConfig } from './load/load-image.ts'
import { compressFile } from './push/compress-file.ts'

let folder = ''
let store: ContentStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'content-'))
  store = await ContentStore.open(folder, { flush: async () => undefined })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const blobs = () => readdirSync(join(folder, 'blobs/sha256')).toSorted()

test('who holds a blob that is being removed learns that it is not there, and can store it again', async () => {
  const documents = Array.from({ length: 20 }, (_, at) => Buffer.from(`document ${at}`))
  for (const content of documents) await store.add(digestOf(content), content)
  const before = blobs()
  const held = new Set<string>()
  const answers: Promise<unknown>[] = []
  const isHeld = (digest: string) => {
    if (held.has(digest)) return true
    // The lease is taken as soon as the sweep has made up its mind.
    queueMicrotask(() => {
      held.add(digest)
      const content = documents.find((each) => digestOf(each) === digest)
      if (content !== undefined) answers.push(store.add(digest, content))
    })
    return false
  }
  await store.sweep(() => false, isHeld)
  await Promise.all(answers)
  expect(answers).toHaveLength(documents.length)
  expect(blobs()).toEqual(before)
})

test('a spooled file is open only while it is read', async () => {
  const path = join(folder, 'file')
  writeFileSync(path, Buffer.alloc(5 << 20))
  const file = { path, digest: '', size: 5 << 20 }
  const isOpen = () => readdirSync('/proc/self/fd').some((fd) => linkOf(fd) === path)
  const unread = readSpooled(file)
  await sleep(20)
  expect(isOpen()).toBe(false)
  for await (const _ of unread) break
  await expect.poll(isOpen).toBe(false)
})

test('whatever finds no room to write says so, and how to make some', async () => {
  const full = join(folder, 'full')
  mkdirSync(full)
  mountAll([{ type: 'tmpfs', source: 'tmpfs', options: ['size=256k'] }], full)
  try {
    const small = await ContentStore.open(full, { flush: async () => undefined })
    const spoolFolder = await small.makeSpool()
    const bytes = randomBytes(400 << 10)
    const path = () => join(spoolFolder, randomBytes(4).toString('hex'))
    const attempts = [
      () => small.add(digestOf(bytes), bytes),
      () => spoolToEnd(inPieces(bytes, 1 << 16), path()),
      () => writeConfig(spoolFolder, { id: digestOf(bytes), bytes }),
      () => compressFile(inPieces(bytes, 1 << 16), path(), new AbortController().signal),
      async () => {
        for await (const _ of keepCopy(inPieces(bytes, 1 << 16), path()));
      },
    ]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'STORAGE_FULL',
        message: expect.stringContaining('no space left on device'),
        hint: expect.stringContaining('prune'),
      })
      for (const name of readdirSync(spoolFolder)) rmSync(join(spoolFolder, name))
    }
  } finally {
    unmount(full, { detach: true })
  }
})

function linkOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    // It was closed meanwhile.
    return undefined
  }
}
