import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegistryPeer } from '../peers/registry.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { instanceId, nothingLeft } from './footprint.ts'
import { GoPlugin } from './go-plugin.ts'
import { writePluginFolder } from './plugin-folder.ts'
import { until } from './until.ts'

describe.skipIf(mustSkip('docker-cli') || mustSkip('go'))("Docker's managed plugins", () => {
  let engine: EngineProcess
  let registry: RegistryPeer
  let plugin: GoPlugin
  let home: string
  /** In the registry. */
  let remote: string

  const docker = async (...args: string[]) => await engine.docker(args)
  const done = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await engine.docker(args)
    expect([args.join(' '), exitCode, stderr]).toEqual([args.join(' '), 0, stderr])
    return stdout
  }
  const refused = async (...args: string[]) => {
    const { exitCode, stderr } = await engine.docker(args)
    expect([args.join(' '), exitCode]).toEqual([args.join(' '), 1])
    return stderr
  }
  const folder = (name: string, changes = {}) => writePluginFolder(join(home, name), plugin.program, changes)
  const kept = (place: string) =>
    readdirSync(join(engine.dataRoot, 'components/docker-plugins/managed', place)).toSorted()
  const run = (script: string) =>
    done('run', '--rm', '--network', 'none', '-v', 'notes:/v', 'busybox', 'sh', '-c', script)

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'moby-managed-'))
    ;[plugin, registry] = await Promise.all([GoPlugin.build(), RegistryPeer.start()])
    remote = `${registry.host}/team/folders`
    engine = await EngineProcess.start({ endsContainers: true })
    await engine.loadBusybox()
  }, 360_000)
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await Promise.all([registry.stop(), plugin.remove(), rm(home, { recursive: true, force: true })])
  })

  it('are made of a folder, pushed, and installed from the registry with what they ask for', async () => {
    await done('plugin', 'create', `${remote}:v1`, await folder('v1'))
    expect(await done('plugin', 'push', `${remote}:v1`)).toContain(`The push refers to repository [${remote}]`)
    await done('plugin', 'rm', `${remote}:v1`)
    expect(kept('blobs/sha256')).toEqual([])
    const { body } = await engine.request('GET', `/plugins/privileges?remote=${remote}:v1`)
    const privileges = JSON.parse(body) as { Name: string; Value: string[] }[]
    expect(privileges.map(({ Name, Value }) => [Name, Value])).toEqual([
      ['network', ['host']],
      ['capabilities', ['CAP_SYS_ADMIN']],
    ])
    for (const accepted of [privileges.slice(1), [...privileges, privileges[0]], []]) {
      const pull = `/plugins/pull?remote=${remote}:v1&name=few`
      expect((await engine.request('POST', pull, JSON.stringify(accepted))).body).toContain('incorrect privileges')
    }
    expect(kept('plugins')).toEqual([])
    const said = await done(
      'plugin',
      'install',
      '--grant-all-permissions',
      '--alias',
      'folders',
      `${remote}:v1`,
      'DEBUG=1',
    )
    expect(said).toContain(`Installed plugin ${remote}:v1`)
    expect(await done('plugin', 'ls', '--format', '{{.Name}} {{.Enabled}}')).toBe('folders:latest true')
    const shown = await done('plugin', 'inspect', 'folders', '--format', '{{.PluginReference}} {{.Settings.Env}}')
    expect(shown).toBe(`${remote}:v1 [DEBUG=1 FIXED=x]`)
    expect(await done('info', '--format', '{{.Plugins.Volume}}')).toContain('folders:latest')
  })

  it('keep the files of containers, and are not disabled or removed while they do', async () => {
    expect(await done('volume', 'create', '-d', 'folders', 'notes')).toBe('notes')
    expect(await done('volume', 'inspect', 'notes', '--format', '{{.Driver}}')).toBe('folders:latest')
    expect(await run('echo hello > /v/first; cat /v/first')).toBe('hello')
    await done('run', '-d', '--name', 'user', '--network', 'none', '-v', 'notes:/v', 'busybox', 'sleep', '1000')
    for (const words of [['disable'], ['rm']]) {
      expect(await refused('plugin', ...words, 'folders')).toContain('plugin folders:latest is in use')
    }
    expect(await refused('plugin', 'set', 'folders', 'DEBUG=2')).toContain('cannot set on an active plugin')
  })

  it('are there again after the engine was killed, and when they end by themselves', async () => {
    await engine.kill()
    await engine.start()
    expect(await done('exec', 'user', 'cat', '/v/first')).toBe('hello')
    expect(await run('cat /v/first; echo again > /v/second')).toBe('hello')
    const { stdout } = await docker('exec', 'user', 'cat', '/v/second')
    expect(stdout).toBe('again')
    process.kill(await pluginPid(), 'SIGKILL')
    await until(
      async () => (await docker('volume', 'inspect', 'notes', '--format', '{{.Status.users}}')).stdout === '1',
    )
    await done('rm', '-f', 'user')
  })

  it('are upgraded when they are disabled, and keep id, settings and volumes', async () => {
    const id = await done('plugin', 'inspect', 'folders', '--format', '{{.Id}}')
    await done('plugin', 'create', `${remote}:v2`, await folder('v2', { description: 'newer' }))
    await done('plugin', 'push', `${remote}:v2`)
    expect(await refused('plugin', 'upgrade', '--grant-all-permissions', 'folders', `${remote}:v2`)).toContain(
      'the plugin must be disabled before upgrading',
    )
    await done('plugin', 'disable', '-f', 'folders')
    expect(await refused('volume', 'create', '-d', 'folders', 'more')).toContain('plugin folders found but disabled')
    // The second time to what it is.
    for (let times = 0; times < 2; times += 1) {
      await done('plugin', 'upgrade', '--grant-all-permissions', '--skip-remote-check', 'folders', `${remote}:v2`)
    }
    await done('plugin', 'enable', 'folders')
    expect(
      await done('plugin', 'inspect', 'folders', '--format', '{{.Id}} {{.Config.Description}} {{.Settings.Env}}'),
    ).toBe(`${id} newer [DEBUG=1 FIXED=x]`)
    expect(await run('cat /v/first')).toBe('hello')
    expect(readdirSync(join(engine.dataRoot, 'components/docker-plugins/managed/plugins', id)).length).toBe(2)
  })

  it('that cannot be started say why, and stay disabled', async () => {
    await done('plugin', 'create', 'broken', await folder('broken', { entrypoint: ['/foldervolumes', '-nonsense'] }))
    expect(await refused('plugin', 'enable', 'broken')).toContain('it ended with exit status 2')
    await done('plugin', 'create', 'mute', await folder('mute', { interface: { types: [], socket: 'other.sock' } }))
    const began = performance.now()
    expect(await refused('plugin', 'enable', '--timeout', '1', 'mute')).toContain('the socket is not there')
    // Without the second that it is given it would have fifteen.
    expect(performance.now() - began).toBeLessThan(14_000)
    expect(await done('plugin', 'ls', '--filter', 'enabled=true', '--format', '{{.Name}}')).toBe('folders:latest')
    await done('plugin', 'rm', 'broken', 'mute')
  })

  it('go without a trace, and every step was an event', async () => {
    await done('volume', 'rm', 'notes')
    await done('plugin', 'disable', 'folders')
    await done('plugin', 'set', 'folders', 'DEBUG=3')
    expect(await refused('plugin', 'set', 'folders', 'FIXED=y')).toContain('"FIXED" is not settable')
    await done('plugin', 'rm', 'folders', `${remote}:v2`)
    expect([...kept('plugins'), ...kept('blobs/sha256')]).toEqual([])
    const soon = String((Date.now() + 300) / 1000)
    const format = ['--format', '{{.Action}} {{.Actor.Attributes.name}}']
    const events = await done('events', '--since', '1', '--until', soon, '--filter', 'type=plugin', ...format)
    // Events are kept in memory, so those before the engine was killed are not there.
    expect(events.split('\n').filter((line) => line.endsWith('folders:latest') || line.endsWith(' folders'))).toEqual([
      'disable folders',
      'pull folders:latest',
      'pull folders:latest',
      'enable folders',
      'disable folders',
      'remove folders',
    ])
  })

  /** As the host sees it; other engines may run the same program. */
  async function pluginPid(): Promise<number> {
    const id = await instanceId(engine.dataRoot)
    const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const isPlugin = (await read(pid, 'cmdline')).startsWith('/foldervolumes\0')
      if (isPlugin && (await read(pid, 'cgroup')).includes(`moby-${id}-components`)) return Number(pid)
    }
    throw new Error('the plugin does not run')
  }
})
