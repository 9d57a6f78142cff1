import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
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
    expect(await run('lock')).toMatchObject({ status: 0, stdout: 'Wrote moby.lock: 21 components\n' })
    expect((await run('lock')).stdout).toBe('moby.lock is up to date: 21 components\n')
    expect(await run('verify')).toMatchObject({ status: 0 })
    const list = await run('ls')
    expect(list.stdout).toMatch(/^storage +moby\/storage-overlay +\d\S+ +module +required +storage\.layers:overlay$/m)
    expect(list.stdout).toContain('full trust')
    expect((await run('graph')).stdout).toMatch(/level 1\n {2}state[^]*engine [^]*needs state\.store of state/)
    expect((await run('explain', 'storage')).stdout).toContain('which engine (moby/engine')
    expect((await run('why-not', 'storage@9.9.9')).stdout).toContain('has no moby/storage-overlay 9.9.9')
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
