import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HostileProxy, type Misdeed } from '../peers/hostile-proxy.ts'
import { putImage, type MadeImage } from '../peers/make-image.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { blobsOf, leftoversOf, randomLayers, treeOf } from './pull-checks.ts'
import { registryAssembly } from './registry-assembly.ts'

const layers = 3
const layerBytes = 3 << 20
/** What is on the way when a connection ends comes twice. */
const onTheWay = 1 << 20

let registry: RegistryPeer
let proxy: HostileProxy
let engine: EngineProcess
let image: MadeImage
let name = ''
let whole = 0
let tree: string[] = []
let descriptors = 0
/** What ends what was started, also when a later start fails. */
const ends: (() => Promise<void>)[] = []

const pull = () => engine.docker(['pull', name])
const remove = async () => expect((await engine.docker(['rmi', name])).exitCode).toBe(0)
const countDescriptors = async () => (await readdir(`/proc/${engine.pid}/fd`)).length

describe.skipIf(mustSkip('docker-cli'))('a registry that does wrong', () => {
  beforeAll(async () => {
    registry = await RegistryPeer.start()
    ends.unshift(async () => await registry.stop())
    proxy = await HostileProxy.start(registry.url)
    ends.unshift(async () => await proxy.stop())
    name = `${proxy.host}/hostile/app:1`
    image = await putImage(registry.url, 'hostile/app', '1', randomLayers(layers, layerBytes), { level: 1 })
    whole = image.layers.reduce((sum, { size }) => sum + size, 0)
    const assembly = await registryAssembly({ stallTimeout: 1, connectTimeout: 2 })
    ends.unshift(async () => await assembly.remove())
    engine = await EngineProcess.start({ assembly: assembly.file })
    ends.unshift(async () => expect(await engine.destroy()).toEqual(nothingLeft))
    expect(await pull()).toMatchObject({ exitCode: 0 })
    tree = await treeOf(engine, name)
    expect(tree).toHaveLength(layers * 9 + 1)
    await remove()
    descriptors = await countDescriptors()
  }, 120_000)

  afterAll(async () => {
    const failures: unknown[] = []
    for (const end of ends) await end().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  })

  beforeEach(() => proxy.reset())
  afterEach(async () => void (await engine.docker(['rmi', '-f', name])))

  /** The image is here as it was made and nothing else is; then it goes. */
  async function checkWhole(): Promise<void> {
    expect(await treeOf(engine, name)).toEqual(tree)
    expect(await leftoversOf(engine)).toEqual([])
    const blobs = [image.id, image.manifest.digest, ...image.layers.map(({ digest }) => digest)]
    expect(await blobsOf(engine)).toEqual(blobs.map((digest) => digest.slice('sha256:'.length)).toSorted())
    await remove()
    expect(await blobsOf(engine)).toEqual([])
    // Connections that are kept for a while are among them.
    expect(await countDescriptors()).toBeLessThan(descriptors + 16)
  }

  /** Does these, one after the other, to the requests for each layer; then nothing more. */
  function toEachLayer(...misdeeds: readonly Misdeed[]): void {
    const counts = new Map<string, number>()
    const paths = new Set(image.layers.map(({ digest }) => `/v2/hostile/app/blobs/${digest}`))
    proxy.misdeed = (path) => {
      if (!paths.has(path)) return undefined
      const count = counts.get(path) ?? 0
      counts.set(path, count + 1)
      return misdeeds[count]
    }
  }

  it.each<[string, readonly Misdeed[]]>([
    ['cuts connections, again and again', ['cut', 'cut', 'cut']],
    ['stalls in the middle of a layer', ['stall']],
    ['cuts, stalls and cuts again', ['cut', 'stall', 'cut']],
  ])(
    'that %s has what is missing asked for, and no more',
    async (_, misdeeds) => {
      toEachLayer(...misdeeds)
      const pulled = pull()
      await sleep(200)
      expect((await engine.request('GET', '/_ping')).body).toBe('OK')
      expect(await pulled).toMatchObject({ exitCode: 0 })
      expect(proxy.asked.length).toBeGreaterThanOrEqual(layers * (misdeeds.length + 1))
      expect(proxy.given).toBeLessThan(whole + layers * misdeeds.length * onTheWay)
      await checkWhole()
    },
    60_000,
  )

  it.each<[string, readonly Misdeed[]]>([
    ['answers a range with the whole', ['cut', 'ignore-range']],
    ['answers a range with another', ['cut', 'wrong-range']],
    ['answers every range with another', ['cut', ...Array<Misdeed>(50).fill('wrong-range')]],
  ])(
    'that %s has the layer read from its beginning',
    async (_, misdeeds) => {
      toEachLayer(...misdeeds)
      expect(await pull()).toMatchObject({ exitCode: 0 })
      expect(proxy.asked.some((line) => line.includes('bytes='))).toBe(true)
      await checkWhole()
    },
    60_000,
  )

  it.each<[string, readonly Misdeed[], RegExp]>([
    ['spoils a layer', ['spoil'], /digest|sha256/],
    ['gives a byte more than the manifest says', ['longer'], /size|bytes/],
    ['gives a byte less than the manifest says', ['shorter'], /size|bytes/],
    ['stalls whatever is asked', Array<Misdeed>(50).fill('stall'), /stall|nothing|no data|seconds/i],
  ])(
    'that %s is found out, and what it gave is not kept as good',
    async (_, misdeeds, reason) => {
      toEachLayer(...misdeeds)
      const { exitCode, stderr } = await pull()
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(reason) })
      expect(image.layers.filter(({ digest }) => stderr.includes(digest))).toHaveLength(1)
      expect((await engine.docker(['images', '-q'])).stdout).toBe('')
      proxy.reset()
      expect(await pull()).toMatchObject({ exitCode: 0 })
      await checkWhole()
    },
    120_000,
  )

  it('that goes away in the middle is told, and gone on with when it is back', async () => {
    proxy.rate = 1 << 20
    const broken = pull()
    await sleep(1500)
    const first = proxy.given
    proxy.isAway = true
    const { exitCode, stderr } = await broken
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(proxy.host) })
    proxy.reset()
    expect(await pull()).toMatchObject({ exitCode: 0 })
    expect(proxy.given).toBeLessThan(whole - first + layers * onTheWay)
    await checkWhole()
  }, 120_000)
})
