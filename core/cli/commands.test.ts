import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const moby = join(import.meta.dirname, '../bin/moby')

describe('the moby command', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-cli-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  async function run(...args: readonly string[]) {
    return await new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(moby, args, { cwd: folder }, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : error.code, stdout, stderr }),
      )
    })
  }

  it('goes from init over lock to verify, ls, graph, explain and why-not', async () => {
    expect((await run('init')).stdout).toContain('Wrote moby.yaml')
    expect(await readFile(join(folder, 'moby.yaml'), 'utf8')).toContain('assembly: mine')
    expect(await run('lock')).toMatchObject({ status: 0, stdout: 'Wrote moby.lock: 22 components\n' })
    expect((await run('lock')).stdout).toBe('moby.lock is up to date: 22 components\n')
    expect(await run('verify')).toMatchObject({ status: 0 })
    const list = await run('ls')
    expect(list.stdout).toMatch(/^storage +moby\/storage-overlay +\d\S+ +module +required +storage\.layers:overlay$/m)
    expect(list.stdout).toContain('full trust')
    expect((await run('graph')).stdout).toMatch(/level 1\n {2}state[^]*engine [^]*needs state\.store of state/)
    expect((await run('explain', 'storage')).stdout).toContain('which engine (moby/engine')
    expect((await run('why-not', 'storage@9.9.9')).stdout).toContain('has no moby/storage-overlay 9.9.9')
  })

  it('tells what a daemon.json becomes, and ends with status 1 for one that cannot be used', async () => {
    await run('init')
    await run('lock')
    const file = join(folder, 'daemon.json')
    await writeFile(file, '{ "log-driver": "local", "userland-proxy": true, "storage-driver": "overlay2" }')
    const told = await run('config', '--config-file', file)
    expect(told).toMatchObject({ status: 0, stderr: '' })
    expect(told.stdout.split('\n')).toEqual([
      'log-driver      engine: logDriver "local" (in place of "json-file")',
      'userland-proxy  holds: ports are published by rules of the kernel',
      'storage-driver  engine: storage "overlay"',
      '',
    ])
    await writeFile(file, '{ "log-drivers": "local" }')
    const wrong = await run('config', '--config-file', file, '--json')
    expect(wrong).toMatchObject({ status: 1, stdout: '' })
    expect(wrong.stderr).toContain('error[DAEMON_KEY_UNKNOWN]')
    expect((await run('config')).status).toBe(2)
  })

  it('prints units, completions and manual pages', async () => {
    const units = await run('systemd', '--data-root', 'here', '--systemd-version', '257')
    expect(units.stdout).toContain(`/bin/moby up --host fd:// --data-root ${join(folder, 'here')}\n`)
    expect((await run('completion', 'zsh')).stdout).toMatch(/^#compdef moby\n/)
    expect(await run('completion', 'tcsh')).toMatchObject({ status: 2 })
    expect((await run('man', 'apply')).stdout).toContain('.TH MOBY-APPLY 8')
    expect((await run('man', 'aply')).stderr).toContain('did you mean apply?')
  })

  it('does not overwrite a manifest', async () => {
    await run('init')
    const again = await run('init')
    expect(again).toMatchObject({ status: 1, stdout: '' })
    expect(again.stderr).toContain('error[DOCUMENT_EXISTS]')
  })

  it.each([
    [['lokc'], 'moby lokc', 'did you mean lock?'],
    [['lock', '--asembly', 'x'], 'moby lock --asembly x', 'did you mean --assembly?'],
    [['up', '--data-root'], 'moby up --data-root', 'write --data-root DIR'],
    [['up', '--stop-containers=no'], 'moby up --stop-containers=no', 'usage: moby up'],
    [['explain'], 'moby explain', 'usage: moby explain'],
    [['verify', 'more'], 'moby verify more', 'usage: moby verify'],
    [['why-not', 'storage'], 'moby why-not storage', 'moby why-not storage@1.2.0'],
    [['down', '--log-level', 'loud'], 'moby down --log-level loud', 'debug, info, warn, error'],
  ])('refuses %j with status 2 and shows the word', async (args, shown, hint) => {
    const { status, stderr, stdout } = await run(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(`1 | ${shown}\n`)
    expect(stderr).toContain(hint)
  })

  it('tells about itself and each command', async () => {
    expect((await run('--help')).stdout).toContain('usage: moby COMMAND')
    expect((await run('up', '--help')).stdout).toContain('--host ADDRESS')
    expect((await run('--version')).stdout).toMatch(/^moby \d+\.\d+\.\d+, Node 24\./)
  })

  it('examines the host and says a remedy for each lack', async () => {
    const { stdout } = await run('doctor', '--data-root', folder)
    for (const subject of ['runc', 'shim', 'cgroups', 'overlay', 'seccomp', 'data root', 'firewall']) {
      expect(stdout).toMatch(new RegExp(`^(ok|poor|MISSING) +${subject} +\\S`, 'm'))
    }
    const lacks = stdout.split('\n').filter((line) => /^(poor|MISSING) /.test(line)).length
    const remedies = /\nRemedies:\n([^]*)$/.exec(stdout)?.[1]?.trimEnd().split('\n').length ?? 0
    expect(remedies).toBe(lacks)
  })
})
