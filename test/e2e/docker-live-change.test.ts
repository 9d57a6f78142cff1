import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { ComponentVersions } from './component-versions.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { assemblyStatus, memberStatus } from './member-status.ts'
import { until } from './until.ts'

const root = join(import.meta.dirname, '../..')
const moby = join(root, 'node_modules/.bin/moby')

describe.skipIf(mustSkip('docker-cli'))('an assembly that is changed while containers run', () => {
  let folder: string
  let file: string
  let engine: EngineProcess
  const docker = async (...args: string[]) => await engine.docker(args)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-live-'))
    file = join(folder, 'moby.yaml')
    const versions = new ComponentVersions(folder)
    for (const version of ['0.1.0', '0.1.1']) {
      await versions.add('volume-local', version)
      await versions.add('log-json-file', version)
    }
    await versions.add('volume-local', '0.1.2', (entry) =>
      entry.replace('volumes: volumes.list()', 'volumes: volumes.list().slice(0, 0)'),
    )
    await versions.add('runtime-shim', '0.1.0')
    const text = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    const origin = text.replace(/(runtime-crun:\n.*\n {4}version: ).*/, '$10.1.0\n    from: folder:versions')
    await write(
      ['volume-local', 'log-json-file'].reduce(
        (text, name) =>
          text.replace(
            `use: moby/${name}\n    version: ^0.1.0`,
            `use: moby/${name}\n    version: 0.1.0\n    from: folder:versions\n    mode: process`,
          ),
        origin,
      ),
    )
    engine = await EngineProcess.start({ assembly: file })
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await rm(folder, { recursive: true, force: true })
  })

  async function write(text: string): Promise<void> {
    await writeFile(file, text)
    await execa(moby, ['lock', '--assembly', file], { cwd: root })
  }

  async function edit(change: (text: string) => string): Promise<void> {
    await write(change(await readFile(file, 'utf8')))
  }

  const ask = async (...args: string[]) =>
    await execa(moby, [...args, '--data-root', engine.dataRoot], { cwd: root, reject: false })
  const statusOf = async (entry: string) =>
    (await ask('status')).stdout.split('\n').find((line) => line.startsWith(`${entry} `)) ?? ''
  const version = (plugin: string, to: string) => (text: string) =>
    text.replace(new RegExp(`(use: moby/${plugin}\\n {4}version: ).*`), `$1${to}`)

  it('replaces drivers under a running container: nothing is lost of its log, nor of who follows it', async () => {
    const count = 'i=0; while true; do i=$((i+1)); echo $i; sleep 0.05; done'
    const started = await docker(
      'run',
      '-d',
      '--name',
      'web',
      '--network',
      'none',
      '-v',
      'kept:/v',
      'busybox',
      'sh',
      '-c',
      `echo page > /v/index.html; ${count}`,
    )
    expect(started.stderr).toBe('')
    const { stdout: pid } = await docker('inspect', '-f', '{{.State.Pid}}', 'web')
    const following = engine.dockerProcess(['logs', '-f', 'web'])
    await edit(version('volume-local', '0.1.1'))
    await edit(version('log-json-file', '0.1.1'))
    const { stdout: plan } = await ask('apply', '--plan')
    expect(plan).toContain('~ volumes: replace by moby/volume-local 0.1.1 (process); calls wait meanwhile\n')
    expect(plan).toContain('    version 0.1.0 -> 0.1.1\n')
    expect(plan).toMatch(/^ {2}\d+ entries stay as they are$/m)
    const applied = await ask('apply')
    expect(applied).toMatchObject({ exitCode: 0, stderr: '' })
    expect(applied.stdout).toContain('Generation 2 runs')
    expect(await statusOf('volumes')).toMatch(/moby\/volume-local +0\.1\.1 +process +ready$/)
    expect(await statusOf('logs')).toMatch(/moby\/log-json-file +0\.1\.1 +process +ready$/)
    expect((await docker('inspect', '-f', '{{.State.Pid}} {{.State.Status}}', 'web')).stdout).toBe(`${pid} running`)
    expect(
      (await docker('run', '--rm', '--network', 'none', '-v', 'kept:/v', 'busybox', 'cat', '/v/index.html')).stdout,
    ).toBe('page')
    await sleep(500)
    expect((await docker('volume', 'rm', 'kept')).stderr).toContain('volume is in use')
    await docker('kill', 'web')
    const lines = (await following).stdout.split('\n')
    expect(lines.length).toBeGreaterThan(20)
    expect(lines).toEqual(lines.map((_, at) => String(at + 1)))
    expect((await docker('logs', 'web')).stdout.split('\n')).toEqual(lines)
    await docker('rm', 'web')
  })

  it('takes back a version that does not work, and says what it does wrong', async () => {
    await edit(version('volume-local', '0.1.2'))
    const { exitCode, stderr } = await ask('apply')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[APPLY_FAILED]: volumes (moby/volume-local 0.1.2) failed before it took over')
    expect(stderr).toContain('--case storage.volume/create-get-list')
    expect((await ask('status')).stdout).toContain(`Last change: reload ${file}, failed, and everything is as it was`)
    expect(await statusOf('volumes')).toMatch(/ 0\.1\.1 +process +ready$/)
    expect((await docker('volume', 'ls', '-q')).stdout).toBe('kept')
    await edit(version('volume-local', '0.1.1'))
  })

  it('a runtime that is removed serves what it runs, and nothing new; a broken manifest changes nothing', async () => {
    expect(
      (await docker('run', '-d', '--name', 'old', '--network', 'none', '--runtime', 'crun', 'busybox', 'top')).stderr,
    ).toBe('')
    const whole = await readFile(file, 'utf8')
    await write(whole.replace(/ {2}runtime-crun:\n( {4}.*\n)+/, ''))
    process.kill(engine.pid, 'SIGHUP')
    await until(async () => (await memberStatus(engine, 'runtime-crun')).includes('retired'))
    expect(await statusOf('runtime-crun')).toContain('ready  retired, there for what still uses it')
    expect((await docker('exec', 'old', 'echo', 'alive')).stdout).toBe('alive')
    const refused = await docker('run', '--rm', '--network', 'none', '--runtime', 'crun', 'busybox', 'true')
    expect(refused.stderr).toContain('unknown or invalid runtime name: crun (it was removed from the assembly)')
    expect((await docker('stop', '-t', '0', 'old')).exitCode).toBe(0)
    const locked = await readFile(file, 'utf8')
    await writeFile(file, locked.replace('components:', 'components: ['))
    process.kill(engine.pid, 'SIGHUP')
    await until(async () => (await assemblyStatus(engine))?.change?.reason?.includes('DOCUMENT_SYNTAX') === true)
    const { stdout } = await ask('status')
    expect(stdout).toMatch(new RegExp(`failed, and everything is as it was[^]*--> ${file}:\\d+:\\d+`))
    await until(async () => /"code":"DOCUMENT_SYNTAX".*"line":\d+,"column":\d+/.test(await engine.log()))
    await writeFile(file, locked)
    expect((await docker('start', 'old')).exitCode).toBe(0)
    // Neither an end of the engine nor that of the files takes the runtime from what it runs.
    await rm(join(folder, 'versions/runtime-shim-0.1.0'), { recursive: true })
    await engine.stop()
    await engine.start()
    expect(await statusOf('runtime-crun')).toContain('ready  retired, there for what still uses it')
    expect((await docker('exec', 'old', 'echo', 'alive')).stdout).toBe('alive')
    expect((await docker('restart', '-t', '0', 'old')).exitCode).toBe(0)
    expect((await docker('rm', '-f', 'old')).exitCode).toBe(0)
    await until(
      async () => (await assemblyStatus(engine))?.members.every(({ name }) => name !== 'runtime-crun') === true,
    )
    const rolledBack = await ask('rollback')
    expect(rolledBack.stdout).toContain('+ runtime-crun: add moby/runtime-shim 0.1.0 (module)')
    expect(
      (await docker('run', '--rm', '--network', 'none', '--runtime', 'crun', 'busybox', 'echo', 'again')).stdout,
    ).toBe('again')
    expect((await ask('generations')).stdout).toMatch(/^4 \* +\S+ +rollback to 2 /m)
  })

  it('goes back to files that were edited in place', async () => {
    const entry = join(folder, 'versions/volume-local-0.1.1/index.ts')
    const scope = async () => (await docker('volume', 'inspect', '-f', '{{.Scope}}', 'kept')).stdout
    expect(await scope()).toBe('local')
    await writeFile(entry, (await readFile(entry, 'utf8')).replace(`scope: 'local'`, `scope: 'global'`))
    await edit((text) => `${text}\n`)
    expect((await ask('apply')).stdout).toContain('~ volumes: replace by moby/volume-local 0.1.1 (process)')
    expect(await scope()).toBe('global')
    const rolledBack = await ask('rollback')
    expect(rolledBack).toMatchObject({ exitCode: 0, stderr: '' })
    expect(rolledBack.stdout).toContain('    files\n')
    expect(await scope()).toBe('local')
  })
})
