import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putMisbehaving } from '../fixtures/misbehaving-folder.ts'
import { mustSkip } from '../skips.ts'
import { ConfiguredAssembly } from './configured-assembly.ts'
import { EngineProcess, type DockerResult } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { until } from './until.ts'

/** Milliseconds of what waits for no driver, on a busy host too; else it takes some 200. A write that hangs is left after 30 s. */
const prompt = 20_000

describe.skipIf(mustSkip('docker-cli'))('an engine with a volume and log driver that misbehaves', () => {
  let assembly: ConfiguredAssembly
  let engine: EngineProcess
  const docker = (...args: string[]) => engine.docker(args)
  /** Runs a container with a volume of the driver that misbehaves. */
  const runWith = (volume: string) =>
    docker('run', '--rm', '--network', 'none', '--volume-driver', 'faulty', '-v', `${volume}:/v`, 'busybox', 'true')

  beforeAll(async () => {
    assembly = await ConfiguredAssembly.extended(async (folder) => {
      await putMisbehaving(join(folder, 'faulty'), false)
      return '  faulty: { use: testing/misbehaving, from: "folder:./faulty", mode: process, required: false }\n'
    })
    engine = await EngineProcess.start({ assembly: assembly.file, endsContainers: true })
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await assembly.remove()
  })

  async function timed(...args: string[]): Promise<DockerResult & { readonly ms: number }> {
    const began = performance.now()
    const result = await docker(...args)
    return { ...result, ms: performance.now() - began }
  }

  /** A container that writes into the sink all the time, and whose sink has taken the fault. */
  async function talker(name: string, fault: string): Promise<void> {
    const words = [
      'run',
      '-d',
      '--name',
      name,
      '--network',
      'none',
      '--log-driver',
      'sink',
      '--log-opt',
      `fault=${fault}`,
    ]
    const script = 'trap "exit 0" TERM; while true; do echo words; touch /said; sleep 0.1 & wait $!; done'
    expect((await docker(...words, 'busybox', 'sh', '-c', script)).stderr).toBe('')
    // The first process of a container that does not yet wait for a signal never has it.
    await until(async () => (await docker('exec', name, 'test', '-e', '/said')).exitCode === 0)
  }

  it('D14 stops and removes containers at once whose log sink hangs or refuses', async () => {
    const prove = async (fault: string) => {
      await talker(`${fault}-stopped`, fault)
      await talker(`${fault}-removed`, fault)
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect((await docker('inspect', '-f', '{{.State.Status}}', `${fault}-stopped`)).stdout).toBe('running')
      const stopped = await timed('stop', `${fault}-stopped`)
      expect(stopped).toMatchObject({ exitCode: 0, stderr: '' })
      const removed = await timed('rm', '-f', `${fault}-removed`)
      expect(removed).toMatchObject({ exitCode: 0, stderr: '' })
      const afterwards = await timed('rm', `${fault}-stopped`)
      expect(afterwards).toMatchObject({ exitCode: 0, stderr: '' })
      expect(Math.max(stopped.ms, removed.ms, afterwards.ms)).toBeLessThan(prompt)
    }
    await Promise.all(['hang', 'refuse'].map(prove))
    expect((await docker('ps', '-aq')).stdout).toBe('')
  })

  it('D13 starts no container with a volume that its driver does not know', async () => {
    const run = await runWith('forgotten')
    expect(run.exitCode).toBe(125)
    expect(run.stderr).toContain('the volume driver faulty says that it made the volume, and that there is none')
    expect((await docker('ps', '-aq')).stdout).toBe('')
  })

  it('D12 starts no container with a volume that is mounted where it cannot be', async () => {
    const run = await runWith('elsewhere')
    expect(run.exitCode).toBe(125)
    expect(run.stderr).toContain(
      'The volume driver faulty says that the volume elsewhere is at "/etc", which belongs to the host',
    )
    expect((await docker('ps', '-aq')).stdout).toBe('')
    expect((await docker('volume', 'rm', 'elsewhere')).exitCode).toBe(0)
  })

  it('D3 lists volumes at once while a driver is dead, and says which and why', async () => {
    await docker('volume', 'create', 'mine')
    await docker('volume', 'create', '-d', 'faulty', 'theirs')
    const home = join(engine.dataRoot, 'components/faulty')
    await writeFile(join(home, 'broken'), '')
    const record = join(engine.dataRoot, 'run/components/faulty/process.json')
    process.kill((JSON.parse(await readFile(record, 'utf8')) as { pid: number }).pid, 'SIGKILL')
    const list = async () => {
      const began = performance.now()
      const { body } = await engine.request('GET', '/volumes')
      return {
        ...(JSON.parse(body) as { Volumes: { Name: string }[]; Warnings: string[] | null }),
        ms: performance.now() - began,
      }
    }
    // A list that was under way when it died says that its call broke off.
    let found = await list()
    await until(async () => {
      found = await list()
      return found.Warnings?.[0]?.includes(' is away: ') === true
    })
    const { Volumes, Warnings, ms } = found
    expect(ms).toBeLessThan(prompt)
    expect(Volumes.map(({ Name }) => Name)).toEqual(['mine', 'theirs'])
    expect(Warnings).toEqual([expect.stringMatching(/^volume driver faulty: .*faulty.* is away: /)])
    expect((await timed('volume', 'ls', '-q')).stdout).toBe('mine\ntheirs')
  })
})
