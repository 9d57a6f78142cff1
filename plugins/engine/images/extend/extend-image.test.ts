import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, hasCode, implement, storageLayers } from '@moby/contracts'
import { inPieces, makeTar } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventBus } from '../../events/event-bus.ts'
import { Table } from '../../store/table.ts'
import { chainIds, digestOf } from '../chain-id.ts'
import { dockerArchive, layer } from '../fixtures/image-archive.ts'
import { memoryState } from '../fixtures/memory-state.ts'
import { openImages, type OpenImages } from '../fixtures/open-images.ts'
import type { ImageRecord } from '../image-record.ts'
import { ImageStore } from '../image-store.ts'

let here: OpenImages
beforeEach(async () => void (here = await openImages(() => '2026-02-03T04:05:06.000000007Z')))
afterEach(() => here.close())

const bottom = layer({ name: 'a', content: 'a' })
const top = layer({ name: 'b', content: 'bb' })
const loadBase = async () => {
  const archive = dockerArchive({ layers: [bottom], tags: ['base:1'], config: { Env: ['A=1'] } })
  await here.load(archive)
}
const nothing = () => inPieces(new Uint8Array(0))
const counts = async () => {
  const snapshots: string[] = []
  for await (const { key } of here.layers.list({})) snapshots.push(key)
  const blobs = readdirSync(join(here.folder, 'images/blobs/sha256'))
  return { snapshots: snapshots.length, blobs: blobs.length, ingest: readdirSync(join(here.folder, 'images/ingest')) }
}

test('a layer goes on the base, and the configuration tells of both', async () => {
  await loadBase()
  const base = await here.api.inspect({ ref: 'base:1' })
  const answer = await here.api.extend(
    { base: 'base:1', config: { Cmd: ['x'] }, author: 'me', comment: 'why', createdBy: 'RUN x', names: ['new'] },
    inPieces(top, 100),
  )
  expect(answer.layer).toBe(digestOf(top))
  const made = await here.api.inspect({ ref: 'new:latest' })
  expect(made).toMatchObject({
    id: answer.id,
    author: 'me',
    comment: 'why',
    config: { Cmd: ['x'] },
    layers: [digestOf(bottom), digestOf(top)],
    size: '3',
    parent: base.id,
    createdAt: '2026-02-03T04:05:06.000000007Z',
  })
  expect(made.history.at(-1)).toEqual({
    created: '2026-02-03T04:05:06.000000007Z',
    created_by: 'RUN x',
    author: 'me',
    comment: 'why',
  })
  expect(digestOf(here.blob(answer.id))).toBe(answer.id)
  expect(here.blob(digestOf(top)).equals(top)).toBe(true)
  const chain = chainIds(made.layers).at(-1) ?? ''
  expect(await here.layers.usage({ key: chain })).toMatchObject({ size: '2' })
})

test('without input only the configuration is new, and an archive of nothing is no layer', async () => {
  await loadBase()
  for (const input of [nothing(), inPieces(makeTar([]), 100)]) {
    const { id, layer: added } = await here.api.extend({ base: 'base:1', config: { Env: ['B=2'] } }, input)
    expect(added).toBeUndefined()
    const made = await here.api.inspect({ ref: id })
    expect(made.layers).toEqual([digestOf(bottom)])
    expect(made.history.at(-1)).toMatchObject({ empty_layer: true })
    expect(made.config).toEqual({ Env: ['B=2'] })
  }
})

test('without base the image has the layer alone', async () => {
  const { id } = await here.api.extend({ platform: 'linux/arm64/v8' }, inPieces(top))
  expect(await here.api.inspect({ ref: id })).toMatchObject({
    layers: [digestOf(top)],
    architecture: 'arm64',
    variant: 'v8',
    parent: '',
    config: {},
  })
})

test('the same step made twice is one image with the names of both', async () => {
  await loadBase()
  const make = async (name: string) => await here.api.extend({ base: 'base:1', names: [name] }, inPieces(top))
  expect((await make('x:1')).id).toBe((await make('x:2')).id)
  expect((await here.api.inspect({ ref: 'x:1' })).tags).toEqual(['x:1', 'x:2'])
})

test('what fails leaves nothing behind', async () => {
  await loadBase()
  const before = await counts()
  const broken = async function* () {
    yield top.subarray(0, 700)
    throw new Error('cut')
  }
  const attempts = [
    [() => here.api.extend({ base: 'base:1' }, inPieces(top.subarray(0, 1100))), 'ARCHIVE_TRUNCATED'],
    [() => here.api.extend({ base: 'none' }, inPieces(top)), 'IMAGE_NOT_FOUND'],
    [() => here.api.extend({ base: 'base:1', names: ['UPPER'] }, inPieces(top)), 'IMAGE_REFERENCE_INVALID'],
    [() => here.api.extend({ base: 'base:1', config: { Env: 7 } }, inPieces(top)), 'IMAGE_INVALID'],
    [() => here.api.extend({ platform: 'plan9/amd64' }, inPieces(top)), 'NOT_SUPPORTED'],
  ] as const
  for (const [attempt, code] of attempts) {
    const failure: unknown = await attempt().catch((error: unknown) => error)
    expect(hasCode(failure, code), String(failure)).toBe(true)
  }
  await expect(here.api.extend({ base: 'base:1' }, broken())).rejects.toThrow('cut')
  expect(await counts()).toEqual(before)
})

test('an operating system that is none of images here is refused before anything is read', async () => {
  let isRead = false
  const input = async function* () {
    isRead = true
    yield* inPieces(top)
  }
  await expect(here.api.extend({ platform: 'plan9/amd64' }, input())).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  expect(isRead).toBe(false)
})

test('what is held for an image that could not be begun is let go', async () => {
  await loadBase()
  const base = await here.api.inspect({ ref: 'base:1' })
  const ingest = join(here.folder, 'images/ingest')
  rmSync(ingest, { recursive: true })
  await expect(here.api.extend({ base: 'base:1' }, inPieces(top))).rejects.toThrow('ENOENT')
  mkdirSync(ingest)
  await here.api.remove({ ref: base.id, force: true })
  expect(await counts()).toEqual({ snapshots: 0, blobs: 0, ingest: [] })
})

test('a passing image is not flushed until it has a name, and is forgotten after another boot', async () => {
  await loadBase()
  const state = memoryState()
  const table = await Table.load<ImageRecord>(state, 'images')
  const flushes: string[] = []
  const store = new ImageStore({
    table,
    store: state,
    events: new EventBus(),
    now: () => '2026-02-03T04:05:06Z',
    flush: async () => void flushes.push('flush'),
  })
  const document = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers' as const, diff_ids: [] } }
  const record = { id: `sha256:${'a'.repeat(64)}`, names: [], document, layers: [], storage: 'plain' }
  await store.put(record, [], { boot: 'first' })
  expect(flushes).toEqual([])
  await store.put(store.get(record.id) ?? record, ['docker.io/library/x:1'])
  expect(flushes).toEqual(['flush'])
  await store.put({ ...record, id: `sha256:${'b'.repeat(64)}` }, [], { boot: 'first' })
  await store.forgetUnsafe('first')
  expect(store.values()).toHaveLength(2)
  await store.forgetUnsafe('second')
  expect(store.values().map(({ names }) => names)).toEqual([['docker.io/library/x:1']])
})

test('what comes in is ended when it cannot be unpacked at all, so that a container does not stand still', async () => {
  const there = await openImages(undefined, (driver) =>
    implement(storageLayers, {
      ...driver,
      prepare: async () => {
        throw codedError('STORAGE_FULL', 'no room')
      },
    }),
  )
  let open = 0
  const input = async function* () {
    open += 1
    try {
      yield* inPieces(top, 100)
    } finally {
      open -= 1
    }
  }
  try {
    await expect(there.api.extend({}, input())).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(open).toBe(0)
    const imported = there.api.import({ reference: 'x:1' }, input())
    await expect(imported[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(open).toBe(0)
  } finally {
    there.close()
  }
})
