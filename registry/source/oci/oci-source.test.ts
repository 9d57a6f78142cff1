import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Descriptor } from '@moby/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ScriptedRegistry } from '../../client/fixtures/scripted-registry.ts'
import { descriptorLabel } from './image-documents.ts'
import { OciSource } from './oci-source.ts'

const text = 'name: t/far\nversion: 1.2.0\n'
const layer = Buffer.from('a layer')

describe('the source oci:', () => {
  let registry: ScriptedRegistry
  let cache: string
  beforeEach(async () => {
    registry = await ScriptedRegistry.start()
    cache = await mkdtemp(join(tmpdir(), 'moby-oci-'))
  })
  afterEach(async () => {
    await registry.stop()
    await rm(cache, { recursive: true, force: true })
  })

  const source = (modes: Descriptor['modes'] = ['module', 'container']) =>
    new OciSource({
      cache,
      readDescriptor: (_file, read) => ({
        name: /name: (.*)/.exec(read)?.[1] ?? '',
        version: '1.2.0',
        description: '',
        modes,
        provides: [],
      }),
    })

  /** Puts an image into the registry and tells the digest of its manifest. */
  function putImage(labels: Record<string, string> | null = { [descriptorLabel]: text }): string {
    const config = Buffer.from(JSON.stringify({ config: { Labels: labels } }))
    return registry.putManifest('team/far', 'v1', {
      schemaVersion: 2,
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: registry.putBlob(config),
        size: config.length,
      },
      layers: [
        { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: registry.putBlob(layer), size: layer.length },
      ],
    })
  }

  const at = (digest: string) => `${registry.host}/team/far@${digest}`

  it('offers the component of an image, for containers alone, and pulls no layer for that', async () => {
    const digest = putImage()
    expect(await source().names(at(digest))).toEqual(['t/far'])
    expect(await source().candidates(at(digest), 't/other')).toEqual([])
    const [candidate] = await source().candidates(at(digest), 't/far')
    expect(candidate).toMatchObject({
      version: '1.2.0',
      descriptor: { modes: ['container'], image: { folder: 'image' } },
    })
    expect(registry.requests(/blobs\/sha256/)).toHaveLength(1)
  })

  it('brings a payload whose digest is the pinned one, and asks the registry for nothing twice', async () => {
    const digest = putImage()
    const [candidate] = await source().candidates(at(digest), 't/far')
    const payload = await source().payload(at(digest))
    expect(payload.digest).toBe(digest)
    expect(payload.descriptorDigest).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`)
    expect(await readFile(join(payload.folder, 'component.yaml'), 'utf8')).toBe(text)
    const index = JSON.parse(await readFile(join(payload.folder, 'image/index.json'), 'utf8')) as object
    expect(index).toMatchObject({ manifests: [{ digest }] })
    expect(candidate?.name).toBe('t/far')
    const asked = registry.seen.length
    expect(await source().payload(at(digest))).toEqual(payload)
    expect(registry.seen.length).toBe(asked)
  })

  it('D20 takes what was changed in the cache from the registry again, and never a changed answer', async () => {
    const digest = putImage()
    const { folder } = await source().payload(at(digest))
    const blobs = join(folder, 'image/blobs/sha256')
    for (const name of await readdir(blobs)) await writeFile(join(blobs, name), 'spoiled')
    await source().payload(at(digest))
    for (const name of await readdir(blobs)) {
      expect(
        createHash('sha256')
          .update(await readFile(join(blobs, name)))
          .digest('hex'),
      ).toBe(name)
    }
    await rm(folder, { recursive: true })
    const [hex = ''] = [createHash('sha256').update(layer).digest('hex')]
    registry.blobs.set(`sha256:${hex}`, Buffer.from('b layer'))
    await expect(source().payload(at(digest))).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' })
    expect((await readdir(blobs)).filter((name) => name.startsWith(hex))).toEqual([])
  })

  it('chooses the image for this machine from an index, under the digest of the index', async () => {
    const manifest = putImage()
    const size = registry.manifests.get(`team/far ${manifest}`)?.content.length ?? 0
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch
    const other = {
      mediaType,
      digest: `sha256:${'0'.repeat(64)}`,
      size: 3,
      platform: { os: 'linux', architecture: 's390x' },
    }
    const ours = { mediaType, digest: manifest, size, platform: { os: 'linux', architecture } }
    const indexType = 'application/vnd.oci.image.index.v1+json'
    const put = (manifests: object[]) =>
      registry.putManifest('team/far', 'all', { schemaVersion: 2, manifests }, indexType)
    const digest = put([other, ours])
    expect((await source().payload(at(digest))).digest).toBe(digest)
    await expect(source().names(at(put([other])))).rejects.toMatchObject({ code: 'SOURCE_IMAGE_INVALID' })
  })

  it('D20 refuses a tag and tells the digest that it names now', async () => {
    const digest = putImage()
    await expect(source().names(`${registry.host}/team/far:v1`)).rejects.toMatchObject({
      code: 'SOURCE_NOT_PINNED',
      hint: `it names ${digest} now; write from: oci:${registry.host}/team/far@${digest}`,
    })
    for (const location of ['team', `${registry.host}/team/far@sha256:12`, '']) {
      await expect(source().names(location)).rejects.toMatchObject({ code: 'SOURCE_NOT_PINNED' })
    }
  })

  it('refuses an image without a descriptor, or whose component does not run in a container', async () => {
    for (const labels of [{}, null]) {
      await expect(source().names(at(putImage(labels)))).rejects.toMatchObject({ code: 'SOURCE_IMAGE_INVALID' })
    }
    await expect(source(['module']).names(at(putImage()))).rejects.toMatchObject({ code: 'SOURCE_IMAGE_INVALID' })
  })
})
