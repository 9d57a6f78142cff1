import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HostileProxy, type Asked, type Misdeed } from '../peers/hostile-proxy.ts'
import { putImage, type MadeImage } from '../peers/make-image.ts'
import { putLie } from '../peers/put-lie.ts'
import { RegistryPeer } from '../peers/registry.ts'
import type { ConfiguredAssembly } from './configured-assembly.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess, type DockerResult } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { openDescriptors } from './open-descriptors.ts'
import { PingWatch } from './ping-watch.ts'
import { blobsOf, leftoversOf, neededBlobs, randomLayers, treeOf } from './pull-checks.ts'
import { registryAssembly } from './registry-assembly.ts'
import { until } from './until.ts'

const group = describe.skipIf(mustSkip('docker-cli'))
const layers = 4
const layerBytes = 2 << 20
/** A pull takes half a second then, and what is on the way at any time is little. */
const rate = 4 << 20
/** What was on its way in one connection when that broke, and comes twice. */
const onTheWay = 128 << 10
const repository = 'hostile/app'

let registry: RegistryPeer
let proxy: HostileProxy
let assembly: ConfiguredAssembly
let engine: EngineProcess
let image: MadeImage
let name = ''
let whole = 0
let tree: string[] = []
let descriptors = 0
let pings: PingWatch
/** What ends what was started, also when a later start fails. */
const ends: (() => Promise<void>)[] = []

const pull = async (reference = name) => await engine.docker(['pull', reference], { timeoutMs: 110_000 })

/** The image is here, and all of it as it should be; then it is gone, and all of it. */
const isWhole = async (pulled: DockerResult, reference = name) => {
  expect(pulled).toMatchObject({ exitCode: 0, stderr: '' })
  expect(pulled.stdout).toContain('Status: Downloaded newer image')
  expect(await treeOf(engine, reference)).toEqual(tree)
  expect(await leftoversOf(engine)).toEqual([])
  expect(await blobsOf(engine)).toEqual(neededBlobs(image))
  expect((await engine.docker(['rmi', reference])).exitCode).toBe(0)
  expect(await blobsOf(engine)).toEqual([])
}

/** The pull failed in words that tell what and why; nothing of it can be used, and the next pull is whole. */
const isRefused = async (pulled: DockerResult, ...words: (string | RegExp)[]) => {
  expect(pulled.exitCode).toBe(1)
  for (const word of words) expect(pulled.stderr).toMatch(word)
  expect((await engine.docker(['images', '-aq'])).stdout).toBe('')
  const left = await leftoversOf(engine)
  expect(left.filter((entry) => !entry.startsWith('partial-'))).toEqual([])
  proxy.reset()
  await isWhole(await pull())
}

/** Does something to requests for layers. */
const toLayers = (choose: (asked: Asked) => Misdeed | undefined) => {
  const digests = image.layers.map(({ digest }) => digest)
  return (asked: Asked) => (digests.some((digest) => asked.path.endsWith(digest)) ? choose(asked) : undefined)
}
const toLayer = (at: number, choose: (asked: Asked) => Misdeed | undefined) => (asked: Asked) =>
  asked.path.endsWith(image.layers[at]?.digest ?? '-') ? choose(asked) : undefined
const layerDigest = (at: number) => image.layers[at]?.digest ?? ''
const requests = () => proxy.asked.filter(({ kind }) => kind === 'blob')

beforeAll(async () => {
  registry = await RegistryPeer.start()
  ends.unshift(async () => await registry.stop())
  proxy = await HostileProxy.start(registry.url)
  ends.unshift(async () => await proxy.stop())
  name = `${proxy.host}/${repository}:1`
  image = await putImage(registry.url, repository, '1', randomLayers(layers, layerBytes), { level: 1 })
  whole = image.layers.reduce((sum, { size }) => sum + size, 0)
  assembly = await registryAssembly({ stallTimeout: 1 })
  ends.unshift(async () => await assembly.remove())
  engine = await EngineProcess.start({ assembly: assembly.file, endsContainers: true })
  ends.unshift(async () => expect(await engine.destroy()).toEqual(nothingLeft))
  expect(await pull()).toMatchObject({ exitCode: 0 })
  tree = await treeOf(engine, name)
  expect(tree).toHaveLength(layers * 9 + 1)
  expect((await engine.docker(['rmi', name])).exitCode).toBe(0)
  // Connections to the registry are kept for a while.
  descriptors = (await openDescriptors(engine.pid)) - (await proxy.connections())
})

afterAll(async () => {
  const failures: unknown[] = []
  for (const end of ends) await end().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
})

beforeEach(async () => {
  // What a test that failed has left must not fail all that come after it.
  const { body } = await engine.request('GET', '/images/json')
  for (const { Id } of JSON.parse(body) as { Id: string }[]) await engine.request('DELETE', `/images/${Id}?force=1`)
  proxy.reset()
  proxy.rate = rate
  pings = new PingWatch(engine.socket)
})
afterEach(async () => {
  const { failures, longest } = await pings.stop()
  expect(failures).toEqual([])
  // Not what it takes: a busy host is slow. An engine that waits with the registry would answer nothing.
  expect(longest).toBeLessThan(20_000)
})

group('a registry that breaks off', () => {
  it('many times at random bytes costs no more than what was on the way', async () => {
    const cuts = 4
    proxy.misdeed = toLayers(({ before, range }) => {
      const from = Number(/=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
      return before < cuts ? { cutAfter: Math.floor(Math.random() * (layerBytes - from)) } : undefined
    })
    const pulled = await pull()
    expect(requests().length).toBeGreaterThanOrEqual(layers * (cuts + 1))
    expect(proxy.given).toBeLessThan(whole + layers * cuts * onTheWay)
    await isWhole(pulled)
  })

  it('again and again is given up, and the next pull goes on where it was', async () => {
    proxy.misdeed = toLayers(() => ({ cutAfter: 100_000 }))
    const pulled = await pull()
    const first = proxy.given
    expect(first).toBeGreaterThan(100_000)
    expect((await leftoversOf(engine)).length).toBeGreaterThan(0)
    await isRefused(
      pulled,
      `${proxy.host}/${repository}@sha256:`,
      /the connection to .* broke/,
      'what was received is kept',
    )
    expect(proxy.given).toBeLessThan(whole - first + requests().length * onTheWay)
    expect(requests().filter(({ range }) => range !== undefined).length).toBeGreaterThan(0)
  })

  it('before the first byte, of manifests too, is asked again', async () => {
    proxy.misdeed = ({ before }) => (before < 1 ? { cutAfter: 0 } : undefined)
    await isWhole(await pull())
  })

  // How much is on the way when a connection breaks the buffers of the host decide, and how busy it is: what is kept is
  // told by half of what had been given.
  it('and is away for a moment is waited for', async () => {
    const pulling = pull()
    await until(async () => proxy.given > whole / 2)
    await proxy.down()
    const first = proxy.given
    await sleep(700)
    await proxy.up()
    const pulled = await pulling
    expect(proxy.given).toBeLessThan(whole + first / 2)
    await isWhole(pulled)
  })

  it('and stays away is told, and the next pull goes on where it was', async () => {
    const pulling = pull()
    await until(async () => proxy.given > whole / 2)
    await proxy.down()
    const pulled = await pulling
    const first = proxy.given
    await proxy.up()
    await isRefused(pulled, `${proxy.host}/${repository}@sha256:`, 'cannot be reached: nobody listens there')
    expect(proxy.given).toBeLessThan(whole - first / 2)
  })
})

group('a registry that stalls', () => {
  it('in the middle of blobs and before it answers is left after the stall time, and the pull goes on', async () => {
    const began = performance.now()
    proxy.misdeed = (asked) => {
      if (asked.before > 0) return undefined
      if (asked.kind === 'manifest' || asked.path.endsWith(layerDigest(0))) return undefined
      return asked.path.endsWith(layerDigest(1))
        ? 'silence'
        : { stallAfter: asked.path.endsWith(image.id) ? 10 : 500_000 }
    }
    const pulled = await pull()
    expect(performance.now() - began).toBeGreaterThan(1_000)
    expect(proxy.given).toBeLessThan(whole + layers * onTheWay)
    await isWhole(pulled)
  })

  const hopeless = [
    { where: 'in a blob', misdeed: { stallAfter: 1_000 }, kind: 'blob', words: 'sent next to nothing for 1 s' },
    { where: 'at a manifest', misdeed: 'silence', kind: 'manifest', words: 'did not answer within 1 s' },
    { where: 'in a manifest', misdeed: { stallAfter: 10 }, kind: 'manifest', words: 'sent next to nothing for 1 s' },
  ] as const
  /** Where each of them stands, and what became of pulls from all of them at once: each is nothing but waiting. */
  const pulls: { host: string; pulled: DockerResult }[] = []
  const pullAll = async () =>
    await Promise.all(
      hopeless.map(async ({ misdeed, kind }) => {
        const own = await HostileProxy.start(registry.url)
        try {
          own.misdeed = (asked) => (asked.kind === kind ? misdeed : undefined)
          return { host: own.host, pulled: await pull(`${own.host}/${repository}:1`) }
        } finally {
          await own.stop()
        }
      }),
    )

  it.each(hopeless.map((each, at) => ({ ...each, at })))(
    '$where for good is given up, and told',
    async ({ at, kind, words }) => {
      if (pulls.length === 0) pulls.push(...(await pullAll()))
      const { host, pulled } = pulls[at] ?? expect.fail('there was no pull')
      const place = `${host}/${repository}`
      await isRefused(pulled, kind === 'blob' ? `${place}@sha256:` : `${place}:1`, words, /try again/i)
    },
  )
})

group('a registry that lies about ranges', () => {
  /** The first connection of each layer breaks, so that the rest is asked for by range. */
  const afterBreak = (misdeed: Misdeed) =>
    toLayers(({ before }) => (before === 0 ? { cutAfter: layerBytes / 2 } : misdeed))

  it('gives the whole where a range was asked for: what is here is not written again', async () => {
    proxy.misdeed = afterBreak('ignore-range')
    await isWhole(await pull())
    expect(proxy.given).toBeGreaterThan(whole + (layers * layerBytes) / 4)
  })

  it('tells another range than was asked for: it is asked for the whole', async () => {
    proxy.misdeed = afterBreak('wrong-range')
    await isWhole(await pull())
  })

  it('gives other bytes under the right head: the digest tells', async () => {
    proxy.misdeed = toLayer(2, ({ before }) => (before === 0 ? { cutAfter: layerBytes / 2 } : 'other-bytes'))
    await isRefused(await pull(), `verification failed for digest ${layerDigest(2)}`)
  })

  it('gave other bytes to an earlier pull: what that has left is thrown away and brought anew', async () => {
    // A wrong half is here, and nothing more comes.
    proxy.misdeed = toLayer(1, ({ before }) => (before === 0 ? 'other-bytes' : 'silence'))
    const breaking = pull()
    await until(async () => proxy.given > whole / 2)
    await proxy.down()
    expect((await breaking).exitCode).toBe(1)
    await proxy.up()
    expect((await leftoversOf(engine)).some((entry) => entry.includes(layerDigest(1).slice(7)))).toBe(true)
    proxy.reset()
    await isWhole(await pull())
    const ranges = requests().filter(({ path }) => path.endsWith(layerDigest(1)))
    expect(ranges.map(({ range }) => range === undefined)).toEqual([false, true])
  })
})

group('a registry that lies about blobs', () => {
  it.each([
    ['spoil', /verification failed for digest sha256:/],
    ['other-bytes', /verification failed for digest sha256:/],
    ['longer', /has \d+ bytes of it, where \d+ are told/],
    ['shorter', /has \d+ bytes of it, where \d+ are told/],
    ['longer-untold', /sends more than the \d+ bytes that are told/],
  ] as const)('%s: refused, and told', async (misdeed, words) => {
    proxy.misdeed = toLayer(1, () => misdeed)
    await isRefused(await pull(), layerDigest(1), words)
  })

  it('and its configuration: refused, and told', async () => {
    proxy.misdeed = ({ path }) => (path.endsWith(image.id) ? 'spoil' : undefined)
    await isRefused(await pull(), image.id, 'verification failed')
  })

  it('gives less than it says, once: the rest is asked for', async () => {
    proxy.misdeed = toLayers(({ before }) => (before === 0 ? 'shorter-untold' : undefined))
    await isWhole(await pull())
  })
})

group('a registry that lies about manifests', () => {
  it.each(['spoil', 'shorter', 'longer'] as const)('by digest, %s: refused, and told', async (misdeed) => {
    proxy.misdeed = ({ kind }) => (kind === 'manifest' ? misdeed : undefined)
    const { digest } = image.manifest
    await isRefused(
      await pull(`${proxy.host}/${repository}@${digest}`),
      digest,
      'sent a manifest with the digest sha256:',
    )
    expect(requests().length).toBeGreaterThan(0)
  })

  it('by tag, whose bytes are no manifest: refused, and told', async () => {
    proxy.misdeed = ({ kind }) => (kind === 'manifest' ? 'other-bytes' : undefined)
    await isRefused(await pull(), /manifest/i)
  })

  it('by tag, whose length says more than comes: refused, and told', async () => {
    proxy.misdeed = ({ kind }) => (kind === 'manifest' ? 'length-too-long' : undefined)
    await isRefused(await pull(), name, /broke/)
  })

  it('a tag that is told to be what the registry does not have: refused, and the image here stays', async () => {
    expect((await pull()).exitCode).toBe(0)
    proxy.misdeed = ({ method }) => (method === 'HEAD' ? 'other-digest' : undefined)
    const refused = await pull()
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/manifest for .* not found/) })
    expect(await treeOf(engine, name)).toEqual(tree)
    expect((await engine.docker(['rmi', name])).exitCode).toBe(0)
    expect(await blobsOf(engine)).toEqual([])
  })
})

group('after all of it', () => {
  it('no file and no connection is open that was not before', async () => {
    await until(async () => (await proxy.connections()) === 0)
    await until(async () => (await openDescriptors(engine.pid)) <= descriptors)
    const df = JSON.parse((await engine.request('GET', '/system/df?type=image')).body) as { LayersSize: number }
    expect(df.LayersSize).toBe(0)
  })
})

group('an image that is wrong in itself', () => {
  const small = randomLayers(2, 64 << 10)
  /** Neither alone nor beside the image whose layers are right is the lie taken. */
  const isNeverTaken = async (tag: string, ...words: RegExp[]) => {
    for (const isBeside of [false, true]) {
      if (isBeside) expect(await pull(`${proxy.host}/${repository}:${tag}`)).toMatchObject({ exitCode: 0 })
      const lie = await pull(`${proxy.host}/${repository}:${tag}-lie`)
      expect(lie.exitCode).toBe(1)
      for (const word of words) expect(lie.stderr).toMatch(word)
      expect((await engine.docker(['images', '-q'])).stdout.split('\n').filter(Boolean)).toHaveLength(isBeside ? 1 : 0)
    }
    expect((await engine.docker(['rmi', `${proxy.host}/${repository}:${tag}`])).exitCode).toBe(0)
  }

  it.each([
    { tag: 'less', off: -1 },
    { tag: 'more', off: 1 },
  ])('tells the size of a layer $off off: refused, and told', async ({ tag, off }) => {
    const made = await putLie(registry.url, repository, tag, small, (document) => {
      document.layers = document.layers.map((each, at) => (at === 1 ? { ...each, size: each.size + off } : each))
    })
    const { digest = '', size = 0 } = made.layers[1] ?? {}
    await isNeverTaken(tag, new RegExp(digest), new RegExp(`\\b${size + off}\\b`), new RegExp(`\\b${size}\\b`))
  })

  it('tells the diffIDs of layers the wrong way round: refused, and told', async () => {
    await putLie(registry.url, repository, 'turned', small, (_, { rootfs }) => {
      rootfs.diff_ids.reverse()
    })
    await isNeverTaken('turned', /sha256:[a-f0-9]{64}/, /diff/i)
  })
})
