import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { EngineEvent, Implementation, Progress, storageLayers } from '@moby/contracts'
import { inPieces, makeTar } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventBus } from '../events/event-bus.ts'
import type { ContainerUser } from '../usage.ts'
import { digestOf } from './chain-id.ts'
import { dockerArchive, idOf, layer, ociArchive, type SampleImage } from './fixtures/image-archive.ts'
import { memoryState } from './fixtures/memory-state.ts'
import { driverSet, plainLayers } from './fixtures/plain-layers.ts'
import { silentLog } from './fixtures/silent-log.ts'
import { storeParts } from './fixtures/store-parts.ts'
import { ImageService } from './image-service.ts'

let folder = ''
let state = memoryState()
let users: ContainerUser[] = []
let events: EventBus
let layers: ReturnType<typeof plainLayers>
let images: ImageService

const open = async (drivers: Readonly<Record<string, Implementation<typeof storageLayers>>>, defaultStorage?: string) =>
  await ImageService.open({
    ...(await storeParts(state)),
    storage: driverSet(drivers),
    defaultStorage,
    sources: driverSet({}),
    defaultSource: undefined,
    folder: join(folder, 'images'),
    events,
    usage: {
      ofImage: () => users,
      mountingImage: () => [],
      ofVolume: () => [],
      ofNetwork: () => [],
      counts: () => ({ total: 0, running: 0, paused: 0, stopped: 0 }),
    },
    clock: { now: () => new Date().toISOString() },
    log: silentLog,
  })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'images-'))
  state = memoryState()
  users = []
  events = new EventBus()
  layers = plainLayers(join(folder, 'layers'))
  images = await open({ plain: layers })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const collect = async <T>(items: AsyncIterable<T>) => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
const load = async (archive: Uint8Array, pieces?: number) =>
  (await collect(images.api.load({ quiet: true }, inPieces(archive, pieces)))).map(({ stream }: Progress) => stream)
const snapshots = async () => (await collect(layers.list({}))).map(({ key }) => key)
const blobs = () => readdirSync(join(folder, 'images/blobs/sha256')).sort()
const told = async () => {
  const past: EngineEvent[] = []
  for await (const { event } of events.stream({
    since: '2000-01-01T00:00:00Z',
    until: new Date(Date.now() + 5).toISOString(),
  })) {
    if (event !== undefined) past.push(event)
  }
  return past.map(({ action, attributes }) => `${action} ${attributes['name']}`)
}

const base = layer({ name: 'etc/', type: 'directory' }, { name: 'etc/a', content: 'a' })
const upper = layer({ name: 'etc/b', content: 'bb' })
const one: SampleImage = { layers: [base, upper], tags: ['busybox:latest'], config: { Labels: { tier: 'x' } } }
const two: SampleImage = { layers: [base], tags: ['other/app:1', 'busybox:old'], created: '2025-01-01T00:00:00Z' }

test('an archive of several images is loaded, plain or compressed, in pieces of any size', async () => {
  const archive = dockerArchive(one, two)
  expect(await load(archive, 700)).toEqual([
    'Loaded image: busybox:latest\n',
    'Loaded image: other/app:1\n',
    'Loaded image: busybox:old\n',
  ])
  expect(await load(gzipSync(archive))).toHaveLength(3)
  expect(await load(zstdCompressSync(archive))).toHaveLength(3)
  const { images: list } = await images.api.list({})
  expect(list.map(({ id, tags, size }) => ({ id, tags, size }))).toEqual([
    { id: idOf(two), tags: ['other/app:1', 'busybox:old'], size: '1' },
    { id: idOf(one), tags: ['busybox:latest'], size: '3' },
  ])
  expect(images.resolve('busybox')).toMatchObject({ id: idOf(one), storage: 'plain', os: 'linux' })
  expect(await snapshots()).toHaveLength(2)
  expect(blobs()).toHaveLength(4)
  expect((await told()).slice(0, 2)).toEqual(['tag busybox:latest', `load ${idOf(one)}`])
})

test('compressed layers are unpacked and kept as they came', async () => {
  const image: SampleImage = {
    layers: [gzipSync(base), zstdCompressSync(upper)],
    diffIds: [digestOf(base), digestOf(upper)],
  }
  expect(await load(dockerArchive(image))).toEqual([`Loaded image ID: ${idOf(image)}\n`])
  expect(blobs()).toContain(digestOf(gzipSync(base)).slice(7))
  expect((await images.api.inspect({ ref: idOf(image) })).layers).toEqual([digestOf(base), digestOf(upper)])
})

test('an OCI layout is loaded by the platform of this host', async () => {
  const image: SampleImage = { layers: [gzipSync(base)], diffIds: [digestOf(base)] }
  expect(await load(ociArchive(image, 'docker.io/library/oci:1'))).toEqual(['Loaded image: oci:1\n'])
})

test('a blob that is not what its digest says is refused', async () => {
  const image: SampleImage = { layers: [base] }
  const spoilt = ociArchive(image, 'oci:1', (entries) => {
    const at = entries.findIndex(({ content }) => content === base)
    entries[at] = { name: `blobs/sha256/${digestOf(base).slice(7)}`, content: upper }
  })
  await expect(load(spoilt)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  expect((await images.api.list({})).images).toEqual([])
})

test.each<[string, () => Uint8Array, string]>([
  ['a wrong diffID', () => dockerArchive({ ...one, diffIds: [digestOf(base), digestOf('x')] }), 'IMAGE_INVALID'],
  ['too few layers', () => dockerArchive({ ...one, diffIds: [digestOf(base)] }), 'IMAGE_INVALID'],
  ['no manifest', () => makeTar([{ name: 'x' }]), 'ARCHIVE_INVALID'],
  ['a cut archive', () => dockerArchive(one).subarray(0, 3000), 'ARCHIVE_TRUNCATED'],
  ['a cut gzip', () => gzipSync(dockerArchive(one)).subarray(0, 200), 'ARCHIVE_TRUNCATED'],
  ['a cut zstd', () => zstdCompressSync(dockerArchive(one)).subarray(0, 200), 'ARCHIVE_TRUNCATED'],
  ['spoilt gzip', () => Buffer.concat([gzipSync(base).subarray(0, 30), Buffer.alloc(99, 7)]), 'ARCHIVE_INVALID'],
  ['xz', () => Buffer.from('fd377a585a0000', 'hex'), 'NOT_SUPPORTED'],
  ['nothing', () => new Uint8Array(), 'ARCHIVE_TRUNCATED'],
  ['another system', () => dockerArchive({ ...one, config: { User: 5 } }), 'IMAGE_INVALID'],
  ['a layer that escapes', () => dockerArchive({ layers: [layer({ name: '../x' })] }), 'ARCHIVE_ESCAPES'],
  ['a bad name', () => dockerArchive({ ...one, tags: ['library/BAD:1'] }), 'IMAGE_REFERENCE_INVALID'],
])('%s is refused, and nothing is left', async (_, archive, code) => {
  await expect(load(archive())).rejects.toMatchObject({ code })
  expect((await images.api.list({})).images).toEqual([])
  await images.sweep()
  expect(await snapshots()).toEqual([])
  expect(blobs()).toEqual([])
  expect(readdirSync(join(folder, 'images/ingest'))).toEqual([])
})

test('many who load the same image at once all succeed, and each layer is unpacked once', async () => {
  const archive = dockerArchive(one)
  await Promise.all(Array.from({ length: 8 }, () => load(archive)))
  expect(await snapshots()).toHaveLength(2)
  expect((await images.api.list({})).images).toHaveLength(1)
})

test('a name that is loaded again moves, and the old image stays without it', async () => {
  await load(dockerArchive(one))
  const newer: SampleImage = { ...two, tags: ['busybox:latest'] }
  expect(await load(dockerArchive(newer))).toEqual([
    `The image busybox:latest already exists, renaming the old one with ID ${idOf(one)} to empty string\n`,
    'Loaded image: busybox:latest\n',
  ])
  expect(images.resolve('busybox').id).toBe(idOf(newer))
  expect((await images.api.list({ filter: { dangling: true } })).images.map(({ id }) => id)).toEqual([idOf(one)])
})

test('images are found by name, id and beginning of an id', async () => {
  await load(dockerArchive(one, two))
  const id = idOf(one)
  for (const ref of [
    'busybox',
    'docker.io/library/busybox:latest',
    id,
    id.slice(7),
    id.slice(7, 19),
    id.slice(0, 17),
  ]) {
    expect(images.resolve(ref).id).toBe(id)
  }
  const missing = async (ref: string) => await images.api.inspect({ ref })
  await expect(missing('busybox:nope')).rejects.toThrow(/^No such image: busybox:nope$/)
  await expect(missing('nothing')).rejects.toThrow(/^No such image: nothing:latest$/)
  await expect(missing(`sha256:${'0'.repeat(64)}`)).rejects.toThrow(`No such image: sha256:${'0'.repeat(64)}`)
  await expect(missing('BAD')).rejects.toThrow(
    'invalid reference format: repository name (library/BAD) must be lowercase',
  )
  await expect(missing('a b')).rejects.toMatchObject({ code: 'IMAGE_REFERENCE_INVALID' })
})

test('lists are filtered', async () => {
  await load(dockerArchive(one, two))
  const list = async (filter: NonNullable<Parameters<typeof images.api.list>[0]['filter']>) =>
    (await images.api.list({ filter })).images.map(({ tags }) => tags.join(' '))
  expect(await list({ references: ['busybox'] })).toEqual(['busybox:old', 'busybox:latest'])
  expect(await list({ references: ['other/*:1'] })).toEqual(['other/app:1'])
  expect(await list({ labels: ['tier'] })).toEqual(['busybox:latest'])
  expect(await list({ labels: ['tier=y'] })).toEqual([])
  expect(await list({ before: 'other/app:1' })).toEqual(['busybox:latest'])
  expect(await list({ since: 'busybox' })).toEqual(['other/app:1 busybox:old'])
  expect(await list({ createdBefore: '2024-06-01T00:00:00Z' })).toEqual(['busybox:latest'])
  await expect(list({ before: 'none' })).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' })
  await expect(list({ createdBefore: 'noon' })).rejects.toMatchObject({ code: 'FILTER_INVALID' })
})

const remove = async (ref: string, force = false) =>
  (await images.api.remove({ ref, force })).changes.map(({ kind, name }) => `${kind} ${name}`)

test('the last name takes the image with it, layers that others need stay', async () => {
  await load(dockerArchive(one, two))
  await images.api.tag({ ref: 'busybox', target: 'copy' })
  await images.api.checkName({ name: 'any.example/name:1' })
  for (const name of ['UPPER', 'a'.repeat(64), `x@sha256:${'0'.repeat(64)}`]) {
    await expect(images.api.checkName({ name })).rejects.toMatchObject({ code: 'IMAGE_REFERENCE_INVALID' })
  }
  expect(await remove('copy')).toEqual(['untagged copy:latest'])
  const chain = images.resolve('busybox').chainId
  expect(await remove('busybox')).toEqual(['untagged busybox:latest', `deleted ${idOf(one)}`, `deleted ${chain}`])
  expect(await snapshots()).toEqual([digestOf(base)])
  expect(blobs()).toHaveLength(2)
  await expect(remove('busybox')).rejects.toThrow('No such image: busybox:latest')
  await expect(remove(idOf(two).slice(7, 19))).rejects.toThrow(
    `conflict: unable to delete ${idOf(two).slice(7, 19)} (must be forced) - image is referenced in multiple repositories`,
  )
  expect(await remove(idOf(two).slice(7, 19), true)).toHaveLength(4)
  expect(await snapshots()).toEqual([])
  expect((await told()).at(-1)).toBe(`delete ${idOf(two)}`)
})

test('containers keep their image', async () => {
  await load(dockerArchive(one))
  const [container, image] = ['c'.repeat(64), idOf(one).slice(7, 19)]
  users = [{ id: container, name: 'web', running: false }]
  await layers.prepare({ key: 'web', parent: images.resolve('busybox').chainId ?? '' })
  await expect(remove('busybox')).rejects.toThrow(
    `conflict: unable to remove repository reference "busybox" (must force) - container cccccccccccc is using its referenced image ${image}`,
  )
  await expect(remove(image)).rejects.toThrow(
    `conflict: unable to delete ${image} (must be forced) - image is being used by stopped container cccccccccccc`,
  )
  users = [{ id: container, name: 'web', running: true }]
  await expect(remove(image, true)).rejects.toThrow(
    `conflict: unable to delete ${image} (cannot be forced) - image is being used by running container cccccccccccc`,
  )
  expect(await remove('busybox', true)).toEqual(['untagged busybox:latest'])
  users = [{ id: container, name: 'web', running: false }]
  expect(await remove(image, true)).toEqual([`deleted ${idOf(one)}`])
  expect(await snapshots()).toHaveLength(3)
})

test('an import makes an image of one layer with the changes asked for', async () => {
  const request = { reference: 'mine:1', message: 'hello', changes: ['CMD ["/a"]', 'ENV X=1', 'WORKDIR /w'] }
  const [progress] = await collect(images.api.import(request, inPieces(gzipSync(base), 100)))
  const image = await images.api.inspect({ ref: 'mine:1' })
  expect(progress?.status).toBe(image.id)
  expect(image).toMatchObject({
    comment: 'hello',
    config: { Cmd: ['/a'], Env: ['X=1'], WorkingDir: '/w' },
    layers: [digestOf(base)],
    size: '1',
  })
  expect(blobs()).toContain(digestOf(gzipSync(base)).slice(7))
  await collect(images.api.import({ reference: 'again' }, inPieces(base)))
  expect((await images.api.inspect({ ref: 'again' })).size).toBe('1')
  const refused = collect(images.api.import({ changes: ['RUN x'] }, inPieces(base)))
  await expect(refused).rejects.toThrow('run is not a valid change command')
})

test('what a killed engine left half done is swept, and the images are there again', async () => {
  await load(dockerArchive(one))
  await layers.prepare({ key: 'unpack-0123' })
  await layers.prepare({ key: 'x' })
  await layers.commit({ key: 'x', name: digestOf('unknown') })
  const again = await open({ plain: layers })
  await again.sweep()
  expect(await snapshots()).toHaveLength(2)
  expect(again.resolve('busybox').id).toBe(idOf(one))
})

test('images of a driver that is not there are listed as waiting for it, and kept', async () => {
  await load(dockerArchive(one))
  const other = plainLayers(join(folder, 'other'))
  images = await open({ other })
  await images.sweep()
  expect((await images.api.list({})).images).toMatchObject([{ id: idOf(one), storage: 'plain', waitingFor: 'plain' }])
  images = await open({ plain: layers })
  await images.sweep()
  expect((await images.api.inspect({ ref: 'busybox' })).waitingFor).toBeUndefined()
  expect(await snapshots()).toHaveLength(2)
  expect(existsSync(join(folder, 'layers/s'))).toBe(true)
})
