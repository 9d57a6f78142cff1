import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { ComponentVersions } from './component-versions.ts'
import { ConfiguredAssembly } from './configured-assembly.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { memberStatus } from './member-status.ts'
import { until } from './until.ts'

const root = join(import.meta.dirname, '../..')
const moby = join(root, 'node_modules/.bin/moby')
/** Milliseconds of a call that waits for no driver. One that does waits for at least as long as the driver is away. */
const prompt = 30_000

describe.skipIf(mustSkip('docker-cli'))('an engine whose drivers run in processes of their own', () => {
  let assembly: ConfiguredAssembly
  let engine: EngineProcess
  const docker = (...args: string[]) => engine.docker(args)

  beforeAll(async () => {
    assembly = await ConfiguredAssembly.outOfProcess()
    await makeBreakable('ipam-pool')
    engine = await EngineProcess.start({ assembly: assembly.file })
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await assembly.remove()
  })

  /** Puts another version of a component in its place, which does not start while there is a file `broken` in its folder. */
  async function makeBreakable(plugin: string): Promise<void> {
    const versions = new ComponentVersions(dirname(assembly.file))
    await versions.add(plugin, '0.1.0', (entry) => {
      const start = 'async create(context) {\n'
      expect(entry).toContain(start)
      const check = `(await import('node:fs')).existsSync(context.folders.data + '/broken')`
      return entry.replace(start, `${start}    if (${check}) throw new Error('it is broken')\n`)
    })
    const manifest = await readFile(assembly.file, 'utf8')
    const place = new RegExp(`(use: moby/${plugin}\\n {4}version: ).*`)
    await writeFile(assembly.file, manifest.replace(place, '$10.1.0\n    from: folder:versions'))
    await execa(moby, ['lock', '--assembly', assembly.file], { cwd: root })
  }

  async function pidOf(entry: string): Promise<number> {
    const file = join(engine.dataRoot, 'run/components', entry, 'process.json')
    return (JSON.parse(await readFile(file, 'utf8')) as { pid: number }).pid
  }

  const statusOf = async (entry: string) => await memberStatus(engine, entry)

  /** Ends the process of a driver and answers when the kernel has noticed. */
  async function killDriver(entry: string): Promise<void> {
    process.kill(await pidOf(entry), 'SIGKILL')
  }

  async function untilBack(entry: string, before: number): Promise<void> {
    await until(async () => (await pidOf(entry).catch(() => before)) !== before && (await statusOf(entry)) === 'ready')
  }

  /** It may be about to start by itself at that moment, and then is ready or away a little later. */
  async function untilRetried(entry: string): Promise<void> {
    await until(async () => {
      const { exitCode } = await execa(moby, ['retry', entry, '--data-root', engine.dataRoot], { reject: false })
      return exitCode === 0 || (await statusOf(entry)) === 'ready'
    })
  }

  it('runs containers with volumes, networks, published ports and logs', async () => {
    await docker('network', 'create', 'n')
    const run = await docker(
      ...'run -d --name web --network n -v kept:/v -p 127.0.0.1::80 busybox sh -c'.split(' '),
      'echo hello; echo page > /v/index.html; exec httpd -f -h /v',
    )
    expect(run.stderr).toBe('')
    await until(async () => (await docker('logs', 'web')).stdout === 'hello')
    const port = (await docker('port', 'web', '80')).stdout
    const isServed = () => fetch(`http://${port}/`).then(({ ok }) => ok)
    // It may not listen yet.
    await until(async () => await isServed().catch(() => false))
    expect((await docker('run', '--rm', '--network', 'n', 'busybox', 'wget', '-qO-', 'http://web/')).stdout).toBe(
      'page',
    )
    expect((await docker('info', '-f', '{{.Driver}} {{.Warnings}}')).stdout).not.toContain('component')
    const { stdout } = await execa(moby, ['status', '--data-root', engine.dataRoot])
    expect(stdout).toMatch(/^volumes +moby\/volume-local +0\.1\.0 +process +ready$/m)
  })

  it('goes on when a driver is killed: containers run, calls fail at once, and all works again', async () => {
    const before = await pidOf('volumes')
    const since = String(Math.floor(Date.now() / 1000))
    await killDriver('volumes')
    const began = performance.now()
    const failed = await docker('volume', 'create', 'other')
    const took = performance.now() - began
    expect(took).toBeLessThan(prompt)
    // It may be back already: it is started again after 0.2 s.
    if (failed.exitCode !== 0) expect(failed.stderr).toMatch(/ is away: |ended or broke/)
    expect((await docker('inspect', '-f', '{{.State.Status}}', 'web')).stdout).toBe('running')
    await untilBack('volumes', before)
    expect((await docker('volume', 'create', 'other')).stdout).toBe('other')
    expect((await docker('run', '--rm', '-v', 'kept:/v', 'busybox', 'cat', '/v/index.html')).stdout).toBe('page')
    const until = String(Math.floor(Date.now() / 1000) + 1)
    const { stdout } = await docker('events', '--since', since, '--until', until, '--filter', 'type=plugin')
    expect(stdout).toMatch(/ plugin disable volumes \(component=moby\/volume-local@0\.1\.0, name=volumes, reason=/)
    expect(stdout).toContain(' plugin enable volumes (')
  })

  it('tells what is away, and does not wait for it', async () => {
    const { stdout: address } = await docker('inspect', '-f', '{{.NetworkSettings.Networks.n.IPAddress}}', 'web')
    // As long as this file is there no start of it succeeds.
    const broken = join(engine.dataRoot, 'components/addresses/broken')
    await writeFile(broken, '')
    await killDriver('addresses')
    // Each time it ends the wait is twice as long, so that there is time to look.
    await until(async () => /^away .* is started again in (?:[3-9]|\d\d)\.\d s/.test(await statusOf('addresses')))
    await until(async () => (await statusOf('engine')).startsWith('degraded addresses (network.ipam default) is away'))
    const warning = 'WARNING: the component addresses (moby/ipam-pool) is away'
    await until(async () => (await docker('info')).stderr.includes(warning))
    const began = performance.now()
    const failed = await docker('run', '--rm', '--network', 'n', 'busybox', 'true')
    expect(performance.now() - began).toBeLessThan(prompt)
    expect(failed.stderr).toContain('The driver default of network.ipam is away')
    expect((await docker('ps', '-q')).stdout).not.toBe('')
    expect((await docker('exec', 'web', 'cat', '/v/index.html')).stdout).toBe('page')
    await rm(broken)
    await untilRetried('addresses')
    await until(async () => (await statusOf('addresses')) === 'ready')
    const other = await docker('run', '-d', '--name', 'other', '--network', 'n', 'busybox', 'sleep', '1000')
    expect(other.stderr).toBe('')
    const { stdout: second } = await docker('inspect', '-f', '{{.NetworkSettings.Networks.n.IPAddress}}', 'other')
    expect(second).not.toBe(address)
  })

  it.each(['network-bridge', 'logs', 'auth', 'storage'])(
    'works again after the process of %s was killed',
    async (entry) => {
      const before = await pidOf(entry)
      await killDriver(entry)
      await untilBack(entry, before)
      const name = `after-${entry}`
      expect(
        (await docker('run', '-d', '--name', name, '--network', 'n', 'busybox', 'sh', '-c', 'echo one; sleep 1000'))
          .stderr,
      ).toBe('')
      await until(async () => (await docker('logs', name)).stdout === 'one')
      expect((await docker('exec', name, 'wget', '-qO-', 'http://web/')).stdout).toBe('page')
      expect((await docker('rm', '-f', name)).exitCode).toBe(0)
    },
  )

  it('D14 loses no line of a container while the log driver is away, even past its end', async () => {
    const count = 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; [ $((i % 100)) = 0 ] && sleep 0.05; done'
    await docker('run', '-d', '--name', 'counter', 'busybox', 'sh', '-c', count)
    const killing = setInterval(() => void killDriver('logs').catch(() => undefined), 100)
    const waited = await docker('wait', 'counter')
    clearInterval(killing)
    expect(waited.stdout).toBe('0')
    // The more often it was killed, the longer it would wait.
    await untilRetried('logs')
    await until(async () => (await statusOf('logs')) === 'ready')
    const lines = async () => (await docker('logs', 'counter')).stdout.split('\n')
    await until(async () => (await lines()).length >= 3000)
    expect((await lines()).findIndex((line, index) => line !== String(index + 1))).toBe(-1)
    await docker('rm', 'counter')
  })

  it('leaves no driver behind when it is killed, and the next start works', async () => {
    const entries = ['volumes', 'logs', 'network-bridge', 'addresses', 'auth', 'storage']
    const pids = await Promise.all(entries.map(pidOf))
    await engine.kill()
    await until(async () => {
      const alive = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
      return alive.every((stat) => stat === '' || stat.includes(') Z '))
    })
    const { stderr } = await execa(moby, ['status', '--data-root', engine.dataRoot], { reject: false })
    expect(stderr).toContain(`error[ENGINE_NOT_RUNNING]: No engine answers on the data root ${engine.dataRoot}`)
    await engine.start()
    expect((await docker('exec', 'web', 'cat', '/v/index.html')).stdout).toBe('page')
    expect((await docker('run', '--rm', '--network', 'n', 'busybox', 'wget', '-qO-', 'http://web/')).stdout).toBe(
      'page',
    )
    expect((await docker('rm', '-f', 'web', 'other')).exitCode).toBe(0)
    expect((await docker('network', 'rm', 'n')).exitCode).toBe(0)
    await engine.stop()
    for (const entry of entries) {
      const files = await readdir(join(engine.dataRoot, 'run/components', entry)).catch(() => [])
      expect(files.filter((file) => ['socket', 'kernel', 'context.json', 'process.json'].includes(file))).toEqual([])
    }
    await engine.start()
  })
})
