import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const moby = join(import.meta.dirname, '../bin/moby')

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

describe('moby up', () => {
  let folder: string
  let children: ChildProcess[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-up-'))
    children = []
    await component(`async stop(reason) { process.stdout.write('part says ' + reason + '\\n') }`)
    await writeFile(
      join(folder, 'moby.yaml'),
      'assembly: small\nversion: 0.3.0\ncomponents:\n  part: { use: t/part, from: "folder:part" }\n',
    )
    await lock()
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  async function component(running: string, create = ''): Promise<void> {
    await mkdir(join(folder, 'part'), { recursive: true })
    const head = 'name: t/part\nversion: 2.1.0\ndescription: x\nmodes: [module]\nentry: ./index.js\nprovides: []\n'
    await writeFile(join(folder, 'part/component.yaml'), head)
    const mark = `[Symbol.for('moby.component')]: true`
    await writeFile(
      join(folder, 'part/index.js'),
      `export default { ${mark}, async create(context) { ${create}; return { provides: {}, ${running} } } }\n`,
    )
  }

  async function lock(): Promise<void> {
    await new Promise((resolve) => execFile(moby, ['lock'], { cwd: folder }, resolve))
  }

  /** Starts an engine; `said` waits for words on its standard output. */
  function up(args: readonly string[] = [], env: Record<string, string> = {}) {
    const child = spawn(moby, ['up', '--data-root', 'data', ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    let stdout = ''
    let stderr = ''
    let wake: () => void = () => undefined
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      wake()
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })))
    const said = async (words: string) => {
      while (!stdout.includes(words)) {
        const more = new Promise<void>((resolve) => (wake = resolve))
        await Promise.race([more, ended.then((end) => Promise.reject(new Error(JSON.stringify(end))))])
      }
    }
    return { child, ended, said }
  }

  it('tells what starts, stops at SIGTERM with status 0, and leaves containers alone', async () => {
    const { child, ended, said } = up()
    await said('is ready in')
    expect(await readFile(join(folder, 'data/engine.pid'), 'utf8')).toBe(`${child.pid}\n`)
    child.kill('SIGTERM')
    const { status, stdout, stderr } = await ended
    expect(stdout).toMatch(/^ {2}part +t\/part 2\.1\.0 +module +\d+ ms$/m)
    expect(stdout).toMatch(/small 0\.3\.0 is ready in \d+ ms, data in .*\/data/)
    expect(stdout).toContain('part says leave-containers')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('ends containers when it was asked to', async () => {
    const { child, ended, said } = up(['--stop-containers'])
    await said('is ready in')
    child.kill('SIGINT')
    expect((await ended).stdout).toContain('part says stop-containers')
  })

  it('is forced by a second signal', async () => {
    await component(`stop() { return new Promise(() => {}) }`)
    await lock()
    const { child, ended, said } = up()
    await said('is ready in')
    child.kill('SIGINT')
    await said('stopping')
    // At once it would be taken for the same signal, handed on by npm.
    await sleep(400)
    child.kill('SIGINT')
    expect((await ended).status).toBe(130)
  })

  it('refuses a data root in use, by the pid of who has it; and takes it when that was killed', async () => {
    const first = up()
    await first.said('is ready in')
    const second = await up().ended
    expect(second.status).toBe(1)
    expect(second.stderr).toContain(`is locked by pid ${first.child.pid}`)
    first.child.kill('SIGKILL')
    await first.ended
    const third = up()
    await third.said('is ready in')
    third.child.kill('SIGTERM')
    expect((await third.ended).status).toBe(0)
  })

  it.each([
    [['--data-root', 'moby.yaml/below'], 'error[DATA_ROOT_UNUSABLE]', 1],
    [['--log-file', 'nowhere/log'], 'error[COMMAND_USAGE]', 2],
    [['--host', 'unix:///x'], 'error[HOST_OPTION_UNUSED]', 1],
  ])('tells of %j what is wrong, without a stack', async (args, words, expected) => {
    const { status, stderr } = await up(args).ended
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(status).toBe(expected)
  })

  it('tells a component that fails in one error, without a stack for its coded error', async () => {
    await component(
      '',
      `throw Object.assign(new Error('no disk'), { [Symbol.for('moby.coded-error')]: true, code: 'T_NO_DISK', hint: 'buy one' })`,
    )
    await lock()
    const { status, stderr } = await up().ended
    expect(status).toBe(1)
    expect(stderr).toBe(
      'error[BOOT_FAILED]: The assembly small did not start, because of part (t/part 2.1.0): no disk [T_NO_DISK]\nhint: buy one\n',
    )
  })

  it('tells the service manager when it is ready, when it reads its files again and when it stops', async () => {
    const tools = join(folder, 'tools')
    await mkdir(tools)
    await writeFile(join(tools, 'systemd-notify'), `#!/bin/sh\necho "$@" >> ${folder}/told\n`)
    await chmod(join(tools, 'systemd-notify'), 0o755)
    const env = { NOTIFY_SOCKET: join(folder, 'notify'), PATH: `${tools}:${process.env['PATH']}` }
    const { child, ended, said } = up([], env)
    await said('is ready in')
    const told = async () => await readFile(join(folder, 'told'), 'utf8').catch(() => '')
    await expect.poll(told).toContain('READY=1')
    child.kill('SIGHUP')
    await expect.poll(async () => (await told()).split('READY=1').length).toBe(3)
    child.kill('SIGTERM')
    await ended
    expect((await told()).replace(/(USEC=)\d+/, '$1N').split('\n')).toEqual([
      `--pid=${child.pid} READY=1`,
      `--pid=${child.pid} RELOADING=1 MONOTONIC_USEC=N`,
      `--pid=${child.pid} READY=1`,
      `--pid=${child.pid} STOPPING=1`,
      '',
    ])
  })

  it('feeds the watchdog of the service manager, if it is meant by it', async () => {
    const tools = join(folder, 'tools')
    await mkdir(tools)
    await writeFile(join(tools, 'systemd-notify'), `#!/bin/sh\necho "$2" >> ${folder}/told\n`)
    await chmod(join(tools, 'systemd-notify'), 0o755)
    const env = { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '200000', PATH: `${tools}:${process.env['PATH']}` }
    const { child, ended } = up([], env)
    const told = async () => await readFile(join(folder, 'told'), 'utf8').catch(() => '')
    await expect.poll(async () => (await told()).split('WATCHDOG=1').length).toBeGreaterThan(3)
    child.kill('SIGTERM')
    expect((await ended).status).toBe(0)
  })

  it('takes a daemon.json: its data root, its log, its pid file; an option that stands in it too is refused', async () => {
    const file = join(folder, 'daemon.json')
    const pidFile = join(folder, 'pid')
    const settings = { 'data-root': join(folder, 'other'), pidfile: pidFile, 'log-format': 'text', 'raw-logs': true }
    await writeFile(file, JSON.stringify(settings))
    const both = await up(['--config-file', 'daemon.json']).ended
    expect(both.stderr).toContain('error[DAEMON_KEY_CONFLICT]')
    expect(both.stderr).toContain('--data-root')
    await writeFile(file, JSON.stringify({ ...settings, 'max-download-attempts': 2, 'data-root': undefined }))
    const { child, ended, said } = up(['--config-file', 'daemon.json'])
    await said('is ready in')
    expect(await readFile(pidFile, 'utf8')).toBe(String(child.pid))
    child.kill('SIGTERM')
    const { stderr } = await ended
    expect(stderr).toMatch(
      /^time=\S+ level=warn msg="a key of daemon.json does nothing here" .*key=max-download-attempts/m,
    )
    await expect(readFile(pidFile)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('writes a report at SIGUSR1, for its owner alone, and goes on', async () => {
    const { child, ended, said } = up()
    await said('is ready in')
    child.kill('SIGUSR1')
    const reports = async () => (await readdir(join(folder, 'data/run'))).filter((name) => name.startsWith('report-'))
    await expect.poll(reports).toHaveLength(1)
    const [name = ''] = await reports()
    const path = join(folder, 'data/run', name)
    await expect
      .poll(async () => JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as unknown)
      .toMatchObject({
        header: { processId: child.pid },
      })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).not.toHaveProperty('environmentVariables')
    child.kill('SIGTERM')
    expect((await ended).status).toBe(0)
  })
})
