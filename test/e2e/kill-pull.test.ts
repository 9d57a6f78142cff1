import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HostileProxy } from '../peers/hostile-proxy.ts'
import { putImage, type MadeImage } from '../peers/make-image.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { blobsOf, bytesKept, leftoversOf, neededBlobs, randomLayers, treeOf } from './pull-checks.ts'
import { until } from './until.ts'

const rounds = Number(process.env['MOBY_KILL_ROUNDS'] ?? 3)
const layers = 4
const layerBytes = 4 << 20
/** A pull takes about a second and a half then. */
const rate = 3 << 20

let registry: RegistryPeer
let proxy: HostileProxy
let engine: EngineProcess
let image: MadeImage
let name = ''
let whole = 0
let tree: string[] = []
/** What ends what was started, also when a later start fails. */
const ends: (() => Promise<void>)[] = []

const pull = async (of: EngineProcess) => {
  const [repository, tag] = [name.replace(/:[^:]*$/, ''), name.replace(/^.*:/, '')]
  const answer = await of.request('POST', `/images/create?fromImage=${repository}&tag=${tag}`)
  expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('Status: Downloaded newer image')])
  expect(answer.body).not.toContain('errorDetail')
}

beforeAll(async () => {
  registry = await RegistryPeer.start()
  ends.unshift(async () => await registry.stop())
  proxy = await HostileProxy.start(registry.url)
  ends.unshift(async () => await proxy.stop())
  name = `${proxy.host}/kill/app:1`
  image = await putImage(registry.url, 'kill/app', '1', randomLayers(layers, layerBytes), { level: 1 })
  whole = image.layers.reduce((sum, { size }) => sum + size, 0)
  engine = await EngineProcess.start()
  ends.unshift(async () => expect(await engine.destroy()).toEqual(nothingLeft))
  await pull(engine)
  tree = await treeOf(engine, name)
  expect(tree).toHaveLength(layers * 9 + 1)
  expect((await engine.docker(['rmi', name])).exitCode).toBe(0)
})

afterAll(async () => {
  const failures: unknown[] = []
  for (const end of ends) await end().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
})

it(
  `a pull that is killed ${rounds} times at random resumes, and nothing is corrupt or left`,
  async () => {
    let broken = 0
    let resumed = 0
    for (let round = 0; round < rounds; round += 1) {
      proxy.reset()
      proxy.rate = rate
      const killed = pull(engine).then(
        () => false,
        () => true,
      )
      // By what has come, not by time: a busy host brings little in a second.
      const share = Math.random() * 0.85
      await until(async () => proxy.given >= whole * share)
      await engine.kill()
      const first = proxy.given
      const isBroken = await killed
      await engine.start()
      const before = await leftoversOf(engine)
      const kept = await bytesKept(engine)
      expect(before.every((entry) => entry.startsWith('partial-'))).toBe(true)
      proxy.reset()
      if (isBroken) {
        await pull(engine)
        broken += 1
        // What is on disk does not come again. What was on the way to the engine when it died does: how much that is, the
        // buffers of the host decide and how busy it is.
        expect(proxy.given).toBeLessThan(whole - kept + layers * (64 << 10))
        if (first > whole / 4) {
          resumed += 1
          expect(kept).toBeGreaterThan(first / 4)
        }
      }
      expect(await treeOf(engine, name)).toEqual(tree)
      expect(await leftoversOf(engine)).toEqual([])
      expect(await blobsOf(engine)).toEqual(neededBlobs(image))
      expect((await engine.docker(['rmi', name])).exitCode).toBe(0)
      expect(await blobsOf(engine)).toEqual([])
      const df = JSON.parse((await engine.request('GET', '/system/df?type=image')).body) as { LayersSize: number }
      expect(df.LayersSize).toBe(0)
    }
    console.log(`${broken} of ${rounds} pulls were broken, ${resumed} of them past a quarter`)
    expect(broken).toBeGreaterThan(0)
  },
  60_000 + rounds * 20_000,
)

it('what a broken pull has brought is kept over a stop of the engine too, and goes with the image', async () => {
  proxy.reset()
  proxy.rate = rate
  const stopped = pull(engine).catch(() => undefined)
  await until(async () => proxy.given > whole / 4)
  await engine.stop()
  await stopped
  await engine.start()
  expect((await leftoversOf(engine)).length).toBeGreaterThan(0)
  const [first, kept] = [proxy.given, await bytesKept(engine)]
  proxy.reset()
  await pull(engine)
  expect(proxy.given).toBeLessThan(whole - kept + layers * (64 << 10))
  expect(kept).toBeGreaterThan(first / 4)
  expect(await leftoversOf(engine)).toEqual([])
  expect((await engine.docker(['rmi', name])).exitCode).toBe(0)
})

it('a client that goes away cancels the pull, and the next goes on', async () => {
  proxy.reset()
  proxy.rate = rate
  const client = engine.dockerProcess(['pull', name])
  await until(async () => proxy.given > whole / 4)
  ;(client as unknown as { kill(signal: string): void }).kill('SIGKILL')
  await client
  // What is on its way comes; then nothing more, though there is more.
  let first = -1
  await until(async () => {
    const before = proxy.given
    await sleep(300)
    first = proxy.given
    return first === before
  })
  expect(first).toBeLessThan(whole)
  const kept = await bytesKept(engine)
  proxy.reset()
  await pull(engine)
  expect(proxy.given).toBeLessThan(whole - kept + layers * (64 << 10))
  expect(kept).toBeGreaterThan(first / 4)
  expect(await treeOf(engine, name)).toEqual(tree)
  expect((await engine.docker(['rmi', name])).exitCode).toBe(0)
})
