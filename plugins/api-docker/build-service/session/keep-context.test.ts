import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { inPieces, makeTar } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepContext } from './keep-context.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'context-'))))
afterEach(async () => await rm(folder, { recursive: true }))

const keep = async (archive: Uint8Array, dockerfile: string) => {
  const kept = await keepContext(inPieces(archive, 1000), { folder, dockerfile })
  try {
    // Whatever ends this process, nothing is left.
    expect(await readdir(folder)).toEqual([])
    return { dockerfile: kept.dockerfile, content: Buffer.concat(await Array.fromAsync(kept.content())) }
  } finally {
    await kept.close()
  }
}

const archive = makeTar([
  { name: './Dockerfile', content: 'FROM early' },
  { name: 'sub/', type: 'directory' },
  { name: 'sub/app.Dockerfile', content: 'FROM sub' },
  { name: 'large', content: new Uint8Array(700_000) },
  { name: 'Dockerfile', content: 'FROM late' },
])

test.each([
  ['Dockerfile', 'FROM late'],
  ['./sub/app.Dockerfile', 'FROM sub'],
  ['sub', undefined],
  ['none', undefined],
])('of a context that is kept %s is found, and all of it is given on', async (name, text) => {
  for (const bytes of [archive, gzipSync(archive)]) {
    const { dockerfile, content } = await keep(bytes, name)
    expect(dockerfile).toBe(text)
    expect(content.equals(bytes)).toBe(true)
  }
})

test('what is wrong with an archive is left for who unpacks it', async () => {
  for (const bytes of [
    archive.subarray(0, 5000),
    gzipSync(archive).subarray(0, 300),
    Buffer.from('x'),
    Buffer.alloc(0),
  ]) {
    expect((await keep(bytes, 'Dockerfile')).content.equals(bytes)).toBe(true)
  }
})

test('a client that breaks off leaves nothing open', async () => {
  const body = async function* () {
    yield Buffer.from('some')
    throw new Error('gone')
  }
  await expect(keepContext(body(), { folder, dockerfile: 'Dockerfile' })).rejects.toThrow('gone')
  expect(await readdir(folder)).toEqual([])
})
