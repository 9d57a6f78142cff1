import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { codedError, implement, storageLayers, type Implementation } from '@moby/contracts'
import { inPieces, makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '../chain-id.ts'
import { dockerArchive, idOf, layer, ociArchive, type SampleImage } from '../fixtures/image-archive.ts'
import { openImages, type OpenImages } from '../fixtures/open-images.ts'
import { collect, TestImages } from '../fixtures/test-images.ts'

let here: OpenImages
beforeEach(async () => void (here = await openImages()))
afterEach(() => here.close())

const type = (name: string) => `application/vnd.oci.image.${name}`
const host = process.arch === 'x64' ? 'amd64' : process.arch
const contents = layer({ name: 'a', content: 'a' })

/** A layout whose one index leads to an image of each platform; layers are compressed. */
function layout(architectures: readonly string[], held: readonly string[] = architectures) {
  const entries: SampleEntry[] = [{ name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' }]
  const add = (value: unknown, mediaType: string, isHeld: boolean) => {
    const content = value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value, null, 1))
    const digest = digestOf(content)
    const name = `blobs/sha256/${digest.slice(7)}`
    if (isHeld && !entries.some((entry) => entry.name === name)) entries.push({ name, content })
    return { mediaType, digest, size: content.length }
  }
  const ids: string[] = []
  const manifests = architectures.map((architecture) => {
    const isHeld = held.includes(architecture)
    const own = layer({ name: 'arch', content: architecture })
    const diffs = [digestOf(contents), digestOf(own)]
    const config = add(
      { architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: diffs } },
      type('config.v1+json'),
      isHeld,
    )
    ids.push(config.digest)
    const layers = [contents, own].map((each) => add(gzipSync(each), type('layer.v1.tar+gzip'), isHeld))
    const manifest = { schemaVersion: 2, mediaType: type('manifest.v1+json'), config, layers }
    return { ...add(manifest, type('manifest.v1+json'), isHeld), platform: { os: 'linux', architecture } }
  })
  const index = add({ schemaVersion: 2, mediaType: type('index.v1+json'), manifests }, type('index.v1+json'), true)
  const annotations = { 'io.containerd.image.name': 'registry.test/app:1', 'org.opencontainers.image.ref.name': '1' }
  entries.push({
    name: 'index.json',
    content: JSON.stringify({ schemaVersion: 2, manifests: [{ ...index, annotations }] }),
  })
  return { archive: makeTar(entries), ids, index, manifests }
}

const known = async () => (await here.api.list({})).images.map(({ id }) => id).toSorted()
const ingest = () => readdirSync(join(here.folder, 'images/ingest')).filter((name) => name.startsWith('spool-'))

test('an index gives an image of each platform, and saved again it is the same byte for byte', async () => {
  const { archive, ids, index, manifests } = layout(['s390x', host])
  await here.load(archive)
  expect(await known()).toEqual(ids.toSorted())
  const image = await here.api.inspect({ ref: 'registry.test/app:1' })
  expect(image.manifests.map(({ digest }) => digest)).toContain(index.digest)
  const saved = await here.save(['registry.test/app:1'])
  for (const { digest } of [index, ...manifests]) expect(saved.includes(digest.slice(7))).toBe(true)
  expect(saved.includes(here.blob(index.digest))).toBe(true)
  expect(JSON.parse(String(here.blob(index.digest)))).toMatchObject({ manifests })
})

test('an index that names more than the archive holds gives what is there', async () => {
  const { archive, ids } = layout(['s390x', host], [host])
  await here.load(archive)
  expect(await known()).toEqual([ids[1]])
})

test('of an archive only the platforms asked for are loaded', async () => {
  const { archive, ids } = layout(['s390x', host])
  await here.load(archive, { platforms: ['linux/s390x'] })
  expect(await known()).toEqual([ids[0]])
  await expect(here.load(archive, { platforms: ['linux/riscv64'] })).rejects.toMatchObject({
    code: 'PLATFORM_NOT_FOUND',
    hint: expect.stringContaining('linux/s390x'),
  })
})

test('a layout beside manifest.json that contradicts it is passed over, as Docker does', async () => {
  const image: SampleImage = { layers: [contents], tags: ['x:1'] }
  const docker = dockerArchive(image)
  const broken = makeTar([
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: '{"schemaVersion":2,"manifests":[{"mediaType":"x"}]}' },
  ])
  await here.load(Buffer.concat([broken.subarray(0, -1024), docker]))
  expect(await known()).toEqual([idOf(image)])
})

test('an archive whose layers are sparse files, as another tar repacked it, gives the same image', async () => {
  const zeros = layer({ name: 'zeros', content: new Uint8Array(2 ** 22) })
  const image: SampleImage = { layers: [contents, zeros], tags: ['x:1'] }
  const folder = mkdtempSync(join(tmpdir(), 'repack-'))
  try {
    for (const name of ['plain', 'sparse']) mkdirSync(join(folder, name))
    execFileSync('tar', ['-C', join(folder, 'plain'), '-x'], { input: dockerArchive(image) })
    execFileSync('cp', ['-rT', '--sparse=always', join(folder, 'plain'), join(folder, 'sparse')])
    for (const format of ['gnu', 'pax']) {
      const archive = execFileSync('tar', [`--format=${format}`, '--sparse', '-C', join(folder, 'sparse'), '-c', '.'])
      expect(archive.length).toBeLessThan(2 ** 20)
      await here.load(archive)
      expect(await known()).toEqual([idOf(image)])
      await here.api.remove({ ref: 'x:1' })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('loading what is here already passes its layers over and changes nothing', async () => {
  const { archive } = layout([host])
  await here.load(archive)
  const before = await here.api.inspect({ ref: 'registry.test/app:1' })
  await here.load(archive)
  expect({ ...(await here.api.inspect({ ref: 'registry.test/app:1' })), lastTaggedAt: '' }).toEqual({
    ...before,
    lastTaggedAt: '',
  })
})

test('an archive that is cut anywhere is refused, and nothing of it is left', async () => {
  const { archive } = layout([host])
  for (let at = 100; at < archive.length - 1024; at += 997) {
    await expect(here.load(archive.subarray(0, at)), `cut at ${at}`).rejects.toMatchObject({
      code: expect.stringMatching(/^(ARCHIVE_TRUNCATED|ARCHIVE_INVALID|IMAGE_INVALID)$/),
    })
  }
  expect([await known(), ingest(), readdirSync(join(here.folder, 'images/blobs/sha256'))]).toEqual([[], [], []])
})

/** Unpacks layers without the ones below, and then cannot put them there. */
function hopeful(driver: Implementation<typeof storageLayers>): Implementation<typeof storageLayers> {
  return implement(storageLayers, {
    ...driver,
    info: async () => ({ name: 'plain', status: [], rebase: true }),
    prepare: async (request, call) => await driver.prepare(request, call),
  })
}

test('a driver that cannot put a layer on another after all unpacks it again, and nothing is left over', async () => {
  const there = await openImages(undefined, hopeful)
  try {
    const one: SampleImage = { layers: [contents, layer({ name: 'b', content: 'bb' })], tags: ['x:1'] }
    const other: SampleImage = { layers: [layer({ name: 'b', content: 'bb' })], tags: ['x:2'] }
    await there.load(dockerArchive(one, other))
    expect((await there.api.inspect({ ref: 'x:1' })).layerSizes).toEqual(['1', '2'])
    const kinds = []
    for await (const { kind } of there.layers.list({})) kinds.push(kind)
    expect(kinds).toEqual(['committed', 'committed', 'committed'])
  } finally {
    there.close()
  }
})

test('a file that only looks like a layer harms nobody unless an image names it', async () => {
  const there = await openImages(undefined, hopeful)
  try {
    const image: SampleImage = { layers: [contents], tags: ['x:1'] }
    const escaping = makeTar([{ name: '../../x', content: 'x' }]).subarray(0, 700)
    const extra = makeTar([{ name: 'junk', content: escaping }]).subarray(0, -1024)
    await there.load(Buffer.concat([extra, dockerArchive(image)]))
    expect((await there.api.list({})).images.map(({ id }) => id)).toEqual([idOf(image)])
    const named = dockerArchive({ layers: [escaping], diffIds: [digestOf(escaping)] })
    await expect(there.load(named)).rejects.toMatchObject({ code: expect.stringMatching(/^ARCHIVE_/) })
  } finally {
    there.close()
  }
})

test('progress names each layer as it comes, in the words of Docker', async () => {
  const told = []
  const archive = dockerArchive({ layers: [contents], tags: ['x:1'] })
  for await (const item of here.api.load({ quiet: false }, inPieces(archive, 300))) told.push(item)
  const id = digestOf(contents).slice(7, 19)
  expect(told).toContainEqual({ status: 'Loading layer', id, current: contents.length, total: contents.length })
  expect(told.at(-1)).toEqual({ stream: 'Loaded image: x:1\n' })
})

test.each([
  ['that unpacks on the layer below', undefined],
  ['that unpacks layers as they come', hopeful],
])(
  'a layer of other content than its diffID says takes no place of one that is here: a driver %s',
  async (_, change) => {
    const there = await openImages(undefined, change)
    try {
      const good: SampleImage = { layers: [contents], tags: ['x:1'] }
      const other = layer({ name: 'a', content: 'b' })
      await there.load(dockerArchive(good, { layers: [other], tags: ['y:1'] }))
      const diffIds = [digestOf(contents)]
      for (const damaged of [other, gzipSync(other)]) {
        const archives = [
          dockerArchive({ layers: [damaged], diffIds, tags: ['x:1'] }),
          ociArchive({ layers: [damaged], diffIds }, 'docker.io/library/x:1'),
        ]
        for (const archive of archives) {
          await expect(there.load(archive)).rejects.toMatchObject({ code: 'IMAGE_INVALID' })
        }
      }
      expect(there.blob(digestOf(contents)).equals(contents)).toBe(true)
      expect((await there.save(['x:1'])).includes(Buffer.from(contents))).toBe(true)
      // The same content in another form is as good.
      await there.load(dockerArchive({ layers: [gzipSync(contents)], diffIds, tags: ['x:1'] }))
    } finally {
      there.close()
    }
  },
)

test('a layer without a place that cannot be removed does not hide why the load failed, and keeps nothing else', async () => {
  const there = await openImages(undefined, (driver) =>
    implement(storageLayers, {
      ...hopeful(driver),
      remove: async () => {
        throw codedError('HOST_SYSTEM_CALL', 'busy')
      },
    }),
  )
  try {
    const nowhere = makeTar([
      { name: 'one', content: contents },
      { name: 'two', content: layer({ name: 'b' }) },
    ])
    await expect(there.load(nowhere)).rejects.toThrow('The archive holds no image')
    expect(readdirSync(join(there.folder, 'images/ingest'))).toEqual([])
  } finally {
    there.close()
  }
})

test('a manifest that comes to an image which is here is flushed before its record is', async () => {
  const there = await TestImages.open()
  try {
    const load = async (archive: Uint8Array) => await collect(there.api.load({}, inPieces(archive)))
    const [one, other] = [layout([host]), layout(['s390x', host], [host])]
    await load(one.archive)
    const before = there.flushes
    await load(one.archive)
    expect(there.flushes).toBe(before)
    await load(other.archive)
    expect(there.flushes).toBe(before + 1)
  } finally {
    there.close()
  }
})
