import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putImage } from '../peers/make-image.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { blobsOf, leftoversOf } from './pull-checks.ts'

/** What the default storage driver mounts over one another. */
const most = 500

let registry: RegistryPeer
let engine: EngineProcess
const ends: (() => Promise<void>)[] = []

/**
 * Each of so many layers has a file of its own, and replaces one that all have; the first has a shell. Those after them
 * repeat them: each is a layer more for the engine, though the registry has it once.
 */
const layersOf = (count: number, distinct = 50) => {
  const shell = { name: 'bin/busybox', mode: 0o755, content: readFileSync('/bin/busybox') }
  const made = Array.from({ length: distinct }, (_, at) => [
    ...(at === 0 ? [shell] : []),
    { name: `only-${at}`, content: `${at}\n` },
    { name: 'top', content: `${at}\n` },
  ])
  return Array.from({ length: count }, (_, at) => made[at % distinct] ?? [])
}

/** The same as an archive for `docker load`. */
function archiveOf(name: string, count: number): Buffer {
  const layers = layersOf(count).map((entries) => makeTar(entries))
  const digests = layers.map((layer) => `sha256:${createHash('sha256').update(layer).digest('hex')}`)
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const config = { os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: digests } }
  const entries: SampleEntry[] = layers.map((content, at) => ({ name: `${at}/layer.tar`, content }))
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: entries.map((entry) => entry.name) }]
  return makeTar([
    ...entries,
    { name: 'config.json', content: JSON.stringify(config) },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ])
}

const docker = (...args: string[]) => engine.docker(args, { timeoutMs: 170_000 })
const refusal = (what: string) =>
  expect.stringContaining(`${what} has ${most + 1} layers, more than the ${most} layers that the storage driver`)

describe.skipIf(mustSkip('docker-cli'))('images of very many layers', () => {
  beforeAll(async () => {
    registry = await RegistryPeer.start()
    ends.unshift(async () => await registry.stop())
    engine = await EngineProcess.start({ endsContainers: true })
    ends.unshift(async () => expect(await engine.destroy()).toEqual(nothingLeft))
  })
  afterAll(async () => {
    for (const end of ends) await end()
  })

  const nothingStays = async () => {
    expect((await docker('images', '-aq')).stdout).toBe('')
    expect(await leftoversOf(engine)).toEqual([])
    expect(await blobsOf(engine)).toEqual([])
    const df = JSON.parse((await engine.request('GET', '/system/df?type=image')).body) as { LayersSize: number }
    expect(df.LayersSize).toBe(0)
  }

  it('A25 an image of 200 layers is pulled, run, committed and run again', async () => {
    const image = `${registry.host}/deep/app:200`
    await putImage(registry.url, 'deep/app', '200', layersOf(200, 200), { level: 1 })
    expect(await docker('pull', image)).toMatchObject({ exitCode: 0 })
    const script = 'busybox=/bin/busybox; $busybox cat /top /only-0 /only-199; $busybox ls / | $busybox grep -c only-'
    const run = (of: string) => docker('run', '--rm', '--network', 'none', of, '/bin/busybox', 'sh', '-c', script)
    expect(await run(image)).toMatchObject({ exitCode: 0, stdout: '199\n0\n199\n200' })
    const change = ['/bin/busybox', 'sh', '-c', 'echo 200 > /top; echo 200 > /only-200; /bin/busybox rm /only-7']
    expect(await docker('run', '--name', 'changed', '--network', 'none', image, ...change)).toMatchObject({
      exitCode: 0,
    })
    expect(await docker('commit', 'changed', 'deep:201')).toMatchObject({ exitCode: 0 })
    expect(await run('deep:201')).toMatchObject({ exitCode: 0, stdout: '200\n0\n199\n200' })
    expect(await docker('rm', 'changed')).toMatchObject({ exitCode: 0 })
    expect(await docker('rmi', 'deep:201', image)).toMatchObject({ exitCode: 0 })
  })

  it('A25 an image of more layers than can be mounted is not pulled, is told by their number, and nothing of it stays', async () => {
    const image = `${registry.host}/deep/app:501`
    await putImage(registry.url, 'deep/app', '501', layersOf(most + 1), { level: 1 })
    const { exitCode, stderr } = await docker('pull', image)
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: refusal(`The image ${image}`) })
    await nothingStays()
  }, 180_000)

  it('A25 an archive of more layers than can be mounted is not loaded, is told by their number, and nothing of it stays', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'moby-deep-'))
    try {
      const file = join(folder, 'image.tar')
      await writeFile(file, archiveOf('deep:501', most + 1))
      const { exitCode, stderr } = await docker('load', '-q', '-i', file)
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: refusal('The image deep:501') })
      await nothingStays()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('A25 an image of as many layers as can be mounted runs, and no layer is committed or built on it', async () => {
    const image = `${registry.host}/deep/app:500`
    await putImage(registry.url, 'deep/app', '500', layersOf(most), { level: 1 })
    expect(await docker('pull', image)).toMatchObject({ exitCode: 0 })
    const script = ['/bin/busybox', 'sh', '-c', 'echo x > /mine; /bin/busybox cat /top']
    expect(await docker('run', '--name', 'full', '--network', 'none', image, ...script)).toMatchObject({
      exitCode: 0,
      stdout: '49',
    })
    expect(await docker('commit', 'full', 'deep:more')).toMatchObject({ exitCode: 1, stderr: refusal('The new image') })
    expect(await docker('rm', 'full')).toMatchObject({ exitCode: 0 })

    const env = { ...engine.environment(), DOCKER_BUILDKIT: '0' }
    const build = async (step: string) =>
      await execa('docker', ['build', '-q', '-t', 'deep:built', '-'], {
        input: `FROM ${image}\n${step}\n`,
        reject: false,
        all: true,
        env,
      })
    const refused = await build('RUN ["/bin/busybox", "touch", "/more"]')
    expect(refused).toMatchObject({ exitCode: 1, all: refusal('The new image') })
    // A step of configuration has no layer.
    expect(await build('ENV A=b')).toMatchObject({ exitCode: 0 })
    const count = await docker('image', 'inspect', '-f', '{{len .RootFS.Layers}}', 'deep:built')
    expect(count.stdout).toBe(String(most))
    expect((await docker('ps', '-aq')).stdout).toBe('')
    expect(await docker('rmi', 'deep:built', image)).toMatchObject({ exitCode: 0 })
  }, 180_000)
})
