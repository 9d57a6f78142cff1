import { createHash } from 'node:crypto'
import { makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { execa } from 'execa'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'

/** What the default storage driver mounts over one another at most. */
const most = 500

describe.skipIf(mustSkip('docker-cli'))('images of many layers', () => {
  let engine: EngineProcess
  let folder = ''

  /** An archive of an image: busybox, and above it layers of which each has a file of its own and replaces `top`. */
  const highImage = async (name: string, count: number): Promise<Uint8Array<ArrayBuffer>> => {
    const base = await busyboxLayer(folder)
    const layers = [base, ...Array.from({ length: count - 1 }, (_, at) => layerOf(at + 2))]
    const config = Buffer.from(
      JSON.stringify({
        os: 'linux',
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        config: { Cmd: ['sh'], Env: ['PATH=/bin:/sbin'] },
        rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
      }),
    )
    const entries: SampleEntry[] = layers.map((content, at) => ({ name: `${at}/layer.tar`, content }))
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: entries.map((entry) => entry.name) }]
    entries.push({ name: 'config.json', content: config }, { name: 'manifest.json', content: JSON.stringify(manifest) })
    return Uint8Array.from(makeTar(entries))
  }
  const load = async (name: string, count: number) => {
    const file = join(folder, 'image.tar')
    await writeFile(file, await highImage(name, count))
    return await engine.docker(['load', '-q', '-i', file], { timeoutMs: 100_000 })
  }
  const layersOf = async (name: string) =>
    Number((await engine.docker(['image', 'inspect', '-f', '{{len .RootFS.Layers}}', name])).stdout)
  const refusal = (count: number) =>
    new RegExp(`has ${count} layers, and the storage driver overlay2 mounts at most ${most}`)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-layers-'))
    engine = await EngineProcess.start()
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    expect(await engine.destroy()).toEqual(nothingLeft)
  })

  it('A25 a container of an image of 200 layers has a file of every layer, and the topmost of what each replaces', async () => {
    expect(await load('high:200', 200)).toMatchObject({ exitCode: 0, stdout: 'Loaded image: high:200' })
    expect(await layersOf('high:200')).toBe(200)
    const run = await engine.docker(['run', '--rm', '--network', 'none', 'high:200', 'sh', '-c', 'cat /own/* /top'])
    expect(run.stderr).toBe('')
    const numbers = Array.from({ length: 199 }, (_, at) => `layer ${at + 2}`).toSorted()
    const lines = run.stdout.split('\n')
    expect(lines.pop()).toBe('layer 200')
    expect(lines.toSorted()).toEqual(numbers)
  }, 120_000)

  it('A25 an image of more layers than can be mounted is refused as it is loaded, and nothing of it stays', async () => {
    const before = (await engine.docker(['system', 'df', '--format', '{{.Size}}'])).stdout
    const refused = await load('high:501', most + 1)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toMatch(refusal(most + 1))
    expect(refused.stderr).toContain('The image high:501 ')
    expect((await engine.docker(['images', '-aq', 'high:501'])).stdout).toBe('')
    expect((await engine.docker(['system', 'df', '--format', '{{.Size}}'])).stdout).toBe(before)
  }, 120_000)

  it('A25 an image of as many layers as can be mounted runs, and nothing is committed or built on top of it', async () => {
    expect(await load('high:500', most)).toMatchObject({ exitCode: 0 })
    const script = 'cat /top && echo && ls /own | wc -l && echo x > /mine'
    const run = await engine.docker(['run', '--name', 'full', '--network', 'none', 'high:500', 'sh', '-c', script])
    expect(run).toMatchObject({ exitCode: 0, stdout: `layer ${most}\n${most - 1}` })

    const committed = await engine.docker(['commit', 'full', 'higher:1'])
    expect(committed.exitCode).toBe(1)
    expect(committed.stderr).toMatch(refusal(most + 1))
    expect((await engine.docker(['rm', 'full'])).exitCode).toBe(0)

    const build = async (dockerfile: string) =>
      await execa('docker', ['build', '-q', '-t', 'higher:2', '-'], {
        input: dockerfile,
        reject: false,
        all: true,
        env: { ...engine.environment(), DOCKER_BUILDKIT: '0' },
      })
    const built = await build('FROM high:500\nRUN echo x > /more\n')
    expect(built.exitCode).toBe(1)
    expect(built.all).toMatch(refusal(most + 1))
    // A step of configuration has no layer.
    expect((await build('FROM high:500\nENV A=b\n')).exitCode).toBe(0)
    expect(await layersOf('higher:2')).toBe(most)
    expect((await engine.docker(['ps', '-aq'])).stdout).toBe('')
  }, 120_000)
})

function layerOf(number: number): Uint8Array {
  return makeTar([
    { name: 'own/', type: 'directory' },
    { name: `own/${number}`, content: `layer ${number}\n` },
    { name: 'top', content: `layer ${number}` },
  ])
}

/** The one layer of the busybox image. */
async function busyboxLayer(folder: string): Promise<Uint8Array> {
  const { archive } = await makeBusyboxImage({ reference: 'busybox:1' })
  const file = join(folder, 'busybox.tar')
  await writeFile(file, archive)
  const { stdout } = await execa('tar', ['-xOf', file, '--wildcards', '*layer.tar'], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  })
  return stdout
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
