import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '@moby/contracts'
import { inPieces, makeTar } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventBus } from '../../events/event-bus.ts'
import { Table } from '../../store/table.ts'
import { chainIds, digestOf } from '../chain-id.ts'
import { dockerArchive, layer } from '../fixtures/image-archive.ts'
import { memoryState } from '../fixtures/memory-state.ts'
import { driverSet, plainLayers } from '../fixtures/plain-layers.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import type { ImageRecord } from '../image-record.ts'
import { ImageService } from '../image-service.ts'

let folder = ''
let layers: ReturnType<typeof plainLayers>
let images: ImageService

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'extend-'))
  const state = memoryState()
  layers = plainLayers(join(folder, 'layers'))
  images = await ImageService.open({
    table: await Table.load<ImageRecord>(state, 'images'),
    store: state,
    storage: driverSet({ plain: layers }),
    defaultStorage: undefined,
    sources: driverSet({}),
    defaultSource: undefined,
    folder: join(folder, 'images'),
    events: new EventBus(),
    usage: {
      ofImage: () => [],
      ofVolume: () => [],
      ofNetwork: () => [],
      counts: () => ({ total: 0, running: 0, paused: 0, stopped: 0 }),
    },
    clock: { now: () => '2026-02-03T04:05:06.000000007Z' },
    log: silentLog,
  })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const bottom = layer({ name: 'a', content: 'a' })
const top = layer({ name: 'b', content: 'bb' })
const loadBase = async () => {
  const archive = dockerArchive({ layers: [bottom], tags: ['base:1'], config: { Env: ['A=1'] } })
  for await (const _ of images.api.load({}, inPieces(archive)));
}
const nothing = () => inPieces(new Uint8Array(0))
const blob = (digest: string) => readFileSync(join(folder, 'images/blobs/sha256', digest.slice(7)))
const counts = async () => {
  const snapshots: string[] = []
  for await (const { key } of layers.list({})) snapshots.push(key)
  const blobs = readdirSync(join(folder, 'images/blobs/sha256'))
  return { snapshots: snapshots.length, blobs: blobs.length, ingest: readdirSync(join(folder, 'images/ingest')) }
}

test('a layer goes on the base, and the configuration tells of both', async () => {
  await loadBase()
  const base = await images.api.inspect({ ref: 'base:1' })
  const answer = await images.api.extend(
    { base: 'base:1', config: { Cmd: ['x'] }, author: 'me', comment: 'why', createdBy: 'RUN x', names: ['new'] },
    inPieces(top, 100),
  )
  expect(answer.layer).toBe(digestOf(top))
  const made = await images.api.inspect({ ref: 'new:latest' })
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
  expect(digestOf(blob(answer.id))).toBe(answer.id)
  expect(blob(digestOf(top)).equals(top)).toBe(true)
  const chain = chainIds(made.layers).at(-1) ?? ''
  expect(await layers.usage({ key: chain })).toMatchObject({ size: '2' })
})

test('without input only the configuration is new, and an archive of nothing is no layer', async () => {
  await loadBase()
  for (const input of [nothing(), inPieces(makeTar([]), 100)]) {
    const { id, layer: added } = await images.api.extend({ base: 'base:1', config: { Env: ['B=2'] } }, input)
    expect(added).toBeUndefined()
    const made = await images.api.inspect({ ref: id })
    expect(made.layers).toEqual([digestOf(bottom)])
    expect(made.history.at(-1)).toMatchObject({ empty_layer: true })
    expect(made.config).toEqual({ Env: ['B=2'] })
  }
})

test('without base the image has the layer alone', async () => {
  const { id } = await images.api.extend({ platform: 'linux/arm64/v8' }, inPieces(top))
  expect(await images.api.inspect({ ref: id })).toMatchObject({
    layers: [digestOf(top)],
    architecture: 'arm64',
    variant: 'v8',
    parent: '',
    config: {},
  })
})

test('the same step made twice is one image with the names of both', async () => {
  await loadBase()
  const make = async (name: string) => await images.api.extend({ base: 'base:1', names: [name] }, inPieces(top))
  expect((await make('x:1')).id).toBe((await make('x:2')).id)
  expect((await images.api.inspect({ ref: 'x:1' })).tags).toEqual(['x:1', 'x:2'])
})

test('what fails leaves nothing behind', async () => {
  await loadBase()
  const before = await counts()
  const broken = async function* () {
    yield top.subarray(0, 700)
    throw new Error('cut')
  }
  const attempts = [
    [() => images.api.extend({ base: 'base:1' }, inPieces(top.subarray(0, 1100))), 'ARCHIVE_TRUNCATED'],
    [() => images.api.extend({ base: 'none' }, inPieces(top)), 'IMAGE_NOT_FOUND'],
    [() => images.api.extend({ base: 'base:1', names: ['UPPER'] }, inPieces(top)), 'IMAGE_REFERENCE_INVALID'],
    [() => images.api.extend({ base: 'base:1', config: { Env: 7 } }, inPieces(top)), 'IMAGE_INVALID'],
  ] as const
  for (const [attempt, code] of attempts) {
    const failure: unknown = await attempt().catch((error: unknown) => error)
    expect(hasCode(failure, code), String(failure)).toBe(true)
  }
  await expect(images.api.extend({ base: 'base:1' }, broken())).rejects.toThrow('cut')
  await images.sweep()
  expect(await counts()).toEqual(before)
})
