import { readdirSync } from 'node:fs'
import { implement, storageLayers, type Implementation } from '@moby/contracts'
import { inPieces, makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layer } from '../../fixtures/image-archive.ts'
import { openImages, type OpenImages } from '../../fixtures/open-images.ts'
import { hostArchitecture } from '../../host-platform.ts'
import { v1Archive, v1Id, type V1Sample } from '../../fixtures/v1-archive.ts'
import { v1Known } from '../../fixtures/v1-samples.ts'

let here: OpenImages
beforeEach(async () => void (here = await openImages()))
afterEach(() => here.close())

const [low, high] = [v1Id('a1'), v1Id('b2')]
const [lower, upper] = [layer({ name: 'a', content: 'aa' }), layer({ name: 'b', content: 'bbb' })]
const json = { docker_version: '1.9.1', os: 'linux', architecture: 'amd64', created: '2016-01-11T20:52:00Z' }
const base: V1Sample = { id: low, json, layer: lower }
const above: V1Sample = { id: high, json: { ...json, parent: low, config: { Cmd: ['x'] } }, layer: upper }
const pair = () => v1Archive([above, base], { app: { '1': high } })

const imagesOf = async ({ api }: OpenImages) => (await api.list({ filter: { all: true } })).images

/** Unpacks layers as they come, before it is known what they stand on. */
function eager(driver: Implementation<typeof storageLayers>): Implementation<typeof storageLayers> {
  return implement(storageLayers, {
    ...driver,
    info: async () => ({ name: 'plain', status: [], rebase: true }),
    prepare: async (request, call) => await driver.prepare(request, call),
  })
}

test.each(v1Known)('an image of before 1.10 gets the id that Docker gives it: $title', async ({ archive, ids }) => {
  await here.load(archive)
  const images = await imagesOf(here)
  const named = images.flatMap(({ id, tags }) => tags.map((tag) => [tag, id]))
  expect(Array.isArray(ids) ? images.map(({ id }) => id) : Object.fromEntries(named)).toEqual(ids)
})

test('images that others were made of are their parents, and are shown where all are', async () => {
  await here.load(pair())
  const shown = (await here.api.list({})).images
  expect(shown.map(({ tags }) => tags)).toEqual([['app:1']])
  const image = await here.api.inspect({ ref: 'app:1' })
  const parent = await here.api.inspect({ ref: image.parent })
  expect(image.layerSizes).toEqual(['2', '3'])
  expect(image.config).toEqual({ Cmd: ['x'] })
  expect(image.history).toHaveLength(2)
  expect([parent.tags, parent.layerSizes]).toEqual([[], ['2']])
})

test('it is saved as any image, and loaded again the same, with no word of its system', async () => {
  await here.load(v1Archive([{ ...base, json: {} }], { app: { '1': low } }))
  const { id, os, architecture } = await here.api.inspect({ ref: 'app:1' })
  expect([os, architecture]).toEqual(['linux', ''])
  const saved = await here.save(['app:1'])
  await here.api.remove({ ref: 'app:1' })
  await here.load(saved)
  expect((await here.api.inspect({ ref: 'app:1' })).id).toBe(id)
})

test('what is made of an image that tells no architecture is for this host', async () => {
  await here.load(v1Archive([{ ...base, json: {} }], { app: { '1': low } }))
  await here.api.extend({ base: 'app:1', names: ['next:1'] }, inPieces(upper))
  const { architecture, history } = await here.api.inspect({ ref: 'next:1' })
  expect([architecture, history.length]).toEqual([hostArchitecture(), 2])
})

test('images that were saved by their ids come without a table of names', async () => {
  await here.load(v1Archive([above, base]))
  expect((await imagesOf(here)).map(({ tags }) => tags)).toEqual([[], []])
})

test.each([
  ['that unpacks on the layer below', undefined],
  ['that unpacks layers as they come', eager],
])('each layer is told under the id of its image, and no image is: a driver %s', async (_, change) => {
  const there = await openImages(undefined, change)
  try {
    const told = []
    for await (const item of there.api.load({ quiet: false }, inPieces(pair()))) told.push(item)
    expect(told.every(({ status, stream }) => status === 'Loading layer' && stream === undefined)).toBe(true)
    const whole = told.filter(({ current, total }) => current === total).map(({ id }) => id)
    expect(whole.toSorted()).toEqual([low, high].map((id) => id.slice(0, 12)))
  } finally {
    there.close()
  }
})

test('a name that another image had moves, as Docker says it', async () => {
  await here.load(v1Archive([base], { app: { '1': low } }))
  const { id } = await here.api.inspect({ ref: 'app:1' })
  expect(await here.load(pair())).toEqual([
    { stream: `The image app:1 already exists, renaming the old one with ID ${id} to empty string\n` },
  ])
})

test('a layer may be a link to that of another image', async () => {
  const link = { name: `${high}/layer.tar`, type: 'symlink', linkName: `../${low}/layer.tar` } as const
  const entries: SampleEntry[] = [
    { name: `./${low}/json`, content: JSON.stringify(json) },
    { name: `./${low}/layer.tar`, content: lower },
    { name: `./${high}/json`, content: JSON.stringify(above.json) },
    link,
  ]
  await here.load(makeTar(entries))
  const sizes = (await imagesOf(here)).map(({ layerSizes }) => layerSizes)
  expect(sizes.toSorted((a, b) => a.length - b.length)).toEqual([['2'], ['2', '2']])
})

test('only the platforms asked for are loaded', async () => {
  const foreign = v1Archive([{ ...base, json: { ...json, architecture: 's390x' } }], { app: { '1': low } })
  await expect(here.load(foreign, { platforms: ['linux/riscv64'] })).rejects.toMatchObject({
    code: 'PLATFORM_NOT_FOUND',
  })
  await here.load(foreign, { platforms: ['linux/s390x'] })
  expect(await imagesOf(here)).toHaveLength(1)
})

const broken = (more: Partial<V1Sample>) => v1Archive([{ ...base, ...more }], { app: { '1': low } })
const line = Array.from({ length: 257 }, (_, at) => ({ id: `n${at}`, json: { parent: `n${at + 1}` } }))

test.each<[string, () => Uint8Array, string, string]>([
  [
    'a missing layer',
    () => v1Archive([above, { id: low, json }], {}),
    'ARCHIVE_INVALID',
    'a1a1a1a1a1a1 of the archive has no layer.tar',
  ],
  [
    'a missing json',
    () => v1Archive([above, { ...base, id: 'other' }, { id: 'x', layer: lower }], {}),
    'ARCHIVE_INVALID',
    'was made of a1a1a1a1a1a1, which the archive does not hold',
  ],
  [
    'a folder that is no image',
    () => v1Archive([base, { id: 'x', layer: lower }], {}),
    'ARCHIVE_INVALID',
    '"x" of the archive is no image',
  ],
  ['a parent of itself', () => broken({ json: { parent: low } }), 'ARCHIVE_INVALID', 'a1a1a1a1a1a1 of a1a1a1a1a1a1'],
  [
    'parents in a ring',
    () => v1Archive([above, { ...base, json: { parent: high } }], {}),
    'ARCHIVE_INVALID',
    'a1a1a1a1a1a1 of b2b2b2b2b2b2 of a1a1a1a1a1a1',
  ],
  [
    'a name of an unknown image',
    () => v1Archive([base], { app: { '1': high } }),
    'ARCHIVE_INVALID',
    'repositories calls b2b2b2b2b2b2 app:1',
  ],
  [
    'a name that is none',
    () => v1Archive([base], { APP: { '1': low } }),
    'IMAGE_REFERENCE_INVALID',
    'must be lowercase',
  ],
  [
    'a tag that is none',
    () => v1Archive([base], { app: { '/': low } }),
    'IMAGE_REFERENCE_INVALID',
    'the invalid tag "/"',
  ],
  ['names that are no JSON', () => v1Archive([base], '{'), 'IMAGE_INVALID', 'repositories is no JSON'],
  ['names that are no table', () => v1Archive([base], '{"app":[]}'), 'IMAGE_INVALID', 'no table of repositories'],
  ['a name of no id', () => v1Archive([base], '{"app":{"1":5}}'), 'IMAGE_INVALID', 'no table of repositories'],
  ['names alone', () => v1Archive([], { app: { '1': low } }), 'ARCHIVE_INVALID', 'The archive holds no image'],
  ['another system', () => broken({ json: { os: 'windows' } }), 'IMAGE_INVALID', 'cannot load windows image on linux'],
  ['a json that is none', () => broken({ json: '{' }), 'IMAGE_INVALID', 'json is no JSON'],
  ['a json that is a list', () => broken({ json: '[]' }), 'IMAGE_INVALID', 'is no JSON of an image'],
  ['a text that is a number', () => broken({ json: { author: 5 } }), 'IMAGE_INVALID', 'json/author is not a text'],
  [
    'a list that is a text',
    () => broken({ json: { config: { Env: 'A=b' } } }),
    'IMAGE_INVALID',
    'json/config/Env is not a list',
  ],
  [
    'a table that is a list',
    () => broken({ json: { config: { Labels: [] } } }),
    'IMAGE_INVALID',
    'json/config/Labels is not an',
  ],
  [
    'a number that is none',
    () => broken({ json: { config: { StopTimeout: 1.5 } } }),
    'IMAGE_INVALID',
    'StopTimeout is not an integer',
  ],
  [
    'a day that never was',
    () => broken({ json: { created: '2013-02-29T14:13:15Z' } }),
    'IMAGE_INVALID',
    'json/created is not a time',
  ],
  ['a layer that is garbage', () => broken({ layer: Buffer.from('x'.repeat(2000)) }), 'ARCHIVE_INVALID', 'tar header'],
  ['a layer that is cut', () => broken({ layer: lower.subarray(0, 700) }), 'ARCHIVE_TRUNCATED', 'byte 700'],
  ['a layer that escapes', () => broken({ layer: layer({ name: '../x', content: 'x' }) }), 'ARCHIVE_ESCAPES', '../x'],
  ['a line without end', () => v1Archive(line, {}), 'ARCHIVE_LIMIT', 'made of more than 256 images'],
])('%s is refused, and nothing is left', async (title, archive, code, message) => {
  // Which driver it is matters to layers alone.
  for (const change of title.includes('layer') ? [undefined, eager] : [undefined]) {
    const there = await openImages(undefined, change)
    try {
      const failed = await there.load(archive()).catch((error: unknown) => error)
      expect(failed).toMatchObject({ code, message: expect.stringContaining(message) })
      expect(await imagesOf(there)).toEqual([])
      await there.images.sweep()
      expect(await Array.fromAsync(there.layers.list({}))).toEqual([])
      const left = ['blobs/sha256', 'ingest'].flatMap((name) => readdirSync(`${there.folder}/images/${name}`))
      expect(left.filter((name) => name.startsWith('spool-') || /^[a-f0-9]{64}$/.test(name))).toEqual([])
    } finally {
      there.close()
    }
  }
})

test('an archive that is cut anywhere is refused', async () => {
  const archive = pair()
  for (let at = 100; at < archive.length - 1024; at += 499) {
    const code = expect.stringMatching(/^ARCHIVE_TRUNCATED$/)
    await expect(here.load(archive.subarray(0, at)), `cut at ${at}`).rejects.toMatchObject({ code })
  }
  expect(await imagesOf(here)).toEqual([])
})

test('bytes that are no UTF-8 are refused, as replaced they would make another image', async () => {
  const entry = { name: `${low}/json`, content: Buffer.from('{"author":"\xff"}', 'latin1') }
  const archive = makeTar([entry, { name: `${low}/layer.tar`, content: lower }])
  await expect(here.load(archive)).rejects.toMatchObject({ code: 'IMAGE_INVALID', message: `${low}/json is no UTF-8` })
})

test('what is here already is taken up', async () => {
  await here.load(v1Archive([base], { low: { '1': low } }))
  await here.load(pair())
  await here.load(pair())
  const { id } = await here.api.inspect({ ref: 'low:1' })
  expect((await here.api.inspect({ ref: 'app:1' })).parent).toBe(id)
  expect(await imagesOf(here)).toHaveLength(2)
})

test('a layer of no bytes changes nothing, between others and alone', async () => {
  const nothing = new Uint8Array(0)
  const [middle, top] = [v1Id('c3'), v1Id('d4')]
  const samples = [
    base,
    { id: middle, json: { ...json, parent: low }, layer: nothing },
    { id: top, json: { ...json, parent: middle, author: 'x' }, layer: upper },
    { id: high, json, layer: nothing },
  ]
  await here.load(v1Archive(samples, { app: { '1': top, '2': high } }))
  expect((await here.api.inspect({ ref: 'app:1' })).layerSizes).toEqual(['2', '0', '3'])
  const saved = await here.save(['app:1', 'app:2'])
  const [{ id: one }, { id: two }] = [
    await here.api.inspect({ ref: 'app:1' }),
    await here.api.inspect({ ref: 'app:2' }),
  ]
  for (const ref of ['app:1', 'app:2']) await here.api.remove({ ref })
  await here.load(saved)
  expect((await imagesOf(here)).map(({ id }) => id).toSorted()).toEqual([one, two].toSorted())
})

test('configurations that are large together are refused, however often one of them is named', async () => {
  const config = JSON.stringify({ os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }).padEnd(4_000_000)
  const items = Array.from({ length: 18 }, () => ({ Config: 'c.json', RepoTags: null, Layers: [] }))
  const archive = makeTar([
    { name: 'c.json', content: config },
    { name: 'manifest.json', content: JSON.stringify(items) },
  ])
  await expect(here.load(archive)).rejects.toMatchObject({
    code: 'ARCHIVE_LIMIT',
    hint: expect.stringContaining('several'),
  })
})
