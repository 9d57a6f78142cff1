import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, expect, it } from 'vitest'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { until } from '../until.ts'

export function proveRun(shared: SharedEngine): void {
  let engine: EngineProcess
  const docker = (...args: string[]) => engine.docker(args)

  beforeAll(async () => {
    engine = shared.engine
  })

  it('prints what the container prints, stdout and stderr apart', async () => {
    const result = await docker('run', '--rm', 'busybox', 'sh', '-c', 'echo out; echo err >&2')
    expect(result).toEqual({ exitCode: 0, stdout: 'out', stderr: 'err' })
  })

  it.each([
    [0, ['busybox', 'true']],
    [3, ['busybox', 'sh', '-c', 'exit 3']],
    [137, ['busybox', 'sh', '-c', "sh -c 'kill -9 $$'; exit $?"]],
    [127, ['busybox', 'no-such-program']],
    [126, ['busybox', '/etc/passwd']],
    [125, ['--network', 'no-such-network', 'busybox', 'true']],
    [125, ['no-such-image:nope', 'true']],
  ])('T47 ends with exit code %i', async (exitCode, args) => {
    expect((await docker('run', '--rm', ...args)).exitCode).toBe(exitCode)
  })

  it('feeds standard input and goes on after its end', async () => {
    const result = await engine.docker(['run', '--rm', '-i', 'busybox', 'sh', '-c', 'cat; sleep 0.3; echo after'], {
      input: 'in\n',
    })
    expect(result.stdout).toBe('in\nafter')
  })

  it('passes a megabyte through standard input and output unharmed', async () => {
    const input = 'moby'.repeat(262_144)
    const result = await engine.docker(['run', '--rm', '-i', 'busybox', 'md5sum'], { input })
    const expected = await execa('md5sum', { input })
    expect(result.stdout).toBe(expected.stdout)
  })

  it('gives a real terminal, whose size follows the client', async () => {
    // The name tells it from clients of other engines on this host.
    const name = `terminal-${engine.pid}`
    const client = `docker run -it --rm --name ${name}`
    const terminal = execa(
      'script',
      ['-qfec', `stty rows 33 cols 101; exec ${client} busybox sh -c 'stty size; read x; stty size'`, '/dev/null'],
      { env: engine.environment(), reject: false },
    )
    let text = ''
    terminal.stdout.on('data', (chunk) => (text += String(chunk)))
    await until(async () => text.includes('33 101'))
    const { stdout: pids } = await execa('pgrep', ['-f', client])
    const tty = await firstTerminal(pids.split('\n'))
    // The client listens for changes of its terminal a little after the first output: it is told until it has heard.
    await until(async () => {
      for (const rows of ['43', '44']) await execa('stty', ['-F', tty, 'rows', rows, 'cols', '120'])
      return (await docker('exec', name, 'stty', '-F', '/dev/console', 'size')).stdout === '44 120'
    })
    terminal.stdin.write('\n')
    const { stdout } = await terminal
    expect(stdout).toContain('33 101')
    expect(stdout).toContain('44 120')
  })

  it('mounts host folders and named volumes, and keeps the files of a volume', async () => {
    const shared = join(engine.dataRoot, 'shared')
    await mkdir(shared)
    await writeFile(join(shared, 'from-host'), 'hello')
    const bind = await docker(
      'run',
      '--rm',
      '-v',
      `${shared}:/data`,
      'busybox',
      'sh',
      '-c',
      'cat /data/from-host; echo back > /data/from-container',
    )
    expect(bind.stdout).toBe('hello')
    expect(await readFile(join(shared, 'from-container'), 'utf8')).toBe('back\n')
    expect((await docker('run', '--rm', '-v', `${shared}:/data:ro`, 'busybox', 'touch', '/data/x')).exitCode).toBe(1)
    await docker('run', '--rm', '-v', 'kept:/data', 'busybox', 'sh', '-c', 'echo kept > /data/file')
    expect((await docker('run', '--rm', '-v', 'kept:/data', 'busybox', 'cat', '/data/file')).stdout).toBe('kept')
    expect((await docker('volume', 'ls', '-q')).stdout).toContain('kept')
    expect((await docker('volume', 'rm', 'kept')).exitCode).toBe(0)
  })

  it('limits memory, processes and CPU as the container itself can see', async () => {
    const result = await docker(
      'run',
      '--rm',
      '--memory',
      '64m',
      '--pids-limit',
      '50',
      '--cpus',
      '0.5',
      '-v',
      '/sys/fs/cgroup:/host:ro',
      'busybox',
      'sh',
      '-c',
      'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null',
    )
    expect(result.stdout).toContain('67108864')
  })

  it('sets user, folder, environment, host name, labels, entrypoint, ulimits and sysctls', async () => {
    const result = await docker(
      'run',
      '--rm',
      '--user',
      '1000:1000',
      '--workdir',
      '/tmp/made',
      '--env',
      'GREETING=hello',
      '--hostname',
      'named',
      '--label',
      'purpose=test',
      '--ulimit',
      'nofile=123:456',
      '--sysctl',
      'net.ipv4.ip_unprivileged_port_start=99',
      '--entrypoint',
      'sh',
      'busybox',
      '-c',
      'id -u; pwd; echo $GREETING; hostname; ulimit -n; cat /proc/sys/net/ipv4/ip_unprivileged_port_start',
    )
    expect(result.stdout.split('\n')).toEqual(['1000', '/tmp/made', 'hello', 'named', '123', '99'])
  })

  it('is as careful as dockerd: capabilities, masked paths, seccomp, read-only root', async () => {
    const status = await docker(
      'run',
      '--rm',
      'busybox',
      'grep',
      '-E',
      '^(CapEff|CapInh|Seccomp):',
      '/proc/self/status',
    )
    expect(status.stdout).toContain('00000000a80425fb')
    expect(status.stdout).toMatch(/CapInh:\s*0000000000000000/)
    expect(status.stdout).toMatch(/Seccomp:\s*2/)
    expect((await docker('run', '--rm', 'busybox', 'cat', '/proc/kcore')).stdout).toBe('')
    expect((await docker('run', '--rm', 'busybox', 'unshare', '-U', 'true')).exitCode).not.toBe(0)
    expect((await docker('run', '--rm', '--read-only', 'busybox', 'touch', '/x')).exitCode).toBe(1)
    expect((await docker('run', '--rm', '--cap-drop', 'ALL', 'busybox', 'chown', '1', '/tmp')).exitCode).toBe(1)
    expect((await docker('run', '--rm', '--tmpfs', '/scratch:size=1m', 'busybox', 'df', '/scratch')).stdout).toContain(
      'tmpfs',
    )
  })

  it('starts, stops, kills, pauses, renames, inspects and lists', async () => {
    const life = ['run', '-d', '--name', 'life', '--stop-timeout', '600', 'busybox', 'sleep', '1000']
    expect((await docker(...life)).exitCode).toBe(0)
    expect((await docker('pause', 'life')).exitCode).toBe(0)
    expect((await docker('inspect', '-f', '{{.State.Status}}', 'life')).stdout).toBe('paused')
    expect((await docker('unpause', 'life')).exitCode).toBe(0)
    expect((await docker('rename', 'life', 'living')).exitCode).toBe(0)
    expect((await docker('top', 'living')).stdout).toContain('sleep 1000')
    expect((await docker('stats', '--no-stream', 'living')).stdout).toContain('living')
    expect((await docker('ps', '--format', '{{.Names}} {{.Status}}')).stdout).toMatch(/living Up /)
    // Ten minutes without the time that it is given.
    expect((await docker('stop', '-t', '1', 'living')).exitCode).toBe(0)
    expect((await docker('inspect', '-f', '{{.State.ExitCode}}', 'living')).stdout).toBe('137')
    expect((await docker('start', 'living')).exitCode).toBe(0)
    expect((await docker('kill', '-s', 'TERM', 'living')).exitCode).toBe(0)
    expect((await docker('rm', '-f', 'living')).exitCode).toBe(0)
    expect((await docker('ps', '-aq')).stdout).toBe('')
  })

  it('puts an init in front of the program, which reaps what others leave', async () => {
    // What has just ended may wait for a moment; without an init it waits for good.
    const look = 'for i in $(seq 200); do ps -o stat | grep -q Z || break; sleep 0.1; done; ps -o pid,stat,args'
    const script = `sh -c "sleep 0.1 & exec true"; sleep 0.4; ${look}`
    const { stdout } = await docker('run', '--rm', '--init', 'busybox', 'sh', '-c', script)
    expect(stdout).toMatch(/^ +1 \S+ +\/sbin\/docker-init /m)
    expect(stdout).not.toMatch(/^ *\d+ Z/m)
  })

  it('runs further processes in a container', async () => {
    await docker('run', '-d', '--name', 'host', 'busybox', 'sleep', '1000')
    expect(await docker('exec', 'host', 'sh', '-c', 'echo out; echo err >&2; exit 4')).toEqual({
      exitCode: 4,
      stdout: 'out',
      stderr: 'err',
    })
    expect((await engine.docker(['exec', '-i', 'host', 'cat'], { input: 'through' })).stdout).toBe('through')
    const terminal = await execa('script', ['-qfec', 'docker exec -it host tty', '/dev/null'], {
      env: engine.environment(),
      reject: false,
    })
    expect(terminal.stdout).toContain('/dev/pts/')
    expect((await docker('exec', 'host', 'no-such-program')).exitCode).toBe(127)
    await docker('rm', '-f', 'host')
  })

  it('keeps logs with times, from a time on, and from the end', async () => {
    const script = 'for i in 1 2 3; do echo line $i; echo error $i >&2; until [ -e /go$i ]; do sleep 0.05; done; done'
    await docker('run', '-d', '--name', 'writer', 'busybox', 'sh', '-c', script)
    // What is read at once has one time, and no order between its two streams.
    for (const turn of [1, 2, 3]) {
      await until(async () => {
        const { stdout, stderr } = await docker('logs', 'writer')
        return stdout.endsWith(`line ${turn}`) && stderr.endsWith(`error ${turn}`)
      })
      await docker('exec', 'writer', 'touch', `/go${turn}`)
    }
    await docker('wait', 'writer')
    const logs = await docker('logs', 'writer')
    expect(logs.stdout).toBe('line 1\nline 2\nline 3')
    expect(logs.stderr).toBe('error 1\nerror 2\nerror 3')
    expect((await docker('logs', '--tail', '2', 'writer')).stdout).toBe('line 3')
    const times = (await docker('logs', '-t', 'writer')).stdout.split('\n').map((line) => line.split(' ')[0] ?? '')
    expect((await docker('logs', '--since', times[2] ?? '', 'writer')).stdout).toBe('line 3')
    await docker('rm', 'writer')
    const follower = engine.dockerProcess(['logs', '-f', 'slow'])
    expect((await follower).exitCode).not.toBe(0)
    await docker('run', '-d', '--name', 'slow', 'busybox', 'sh', '-c', 'echo a; sleep 1; echo b')
    expect((await docker('logs', '-f', 'slow')).stdout).toBe('a\nb')
    await docker('rm', 'slow')
  })

  it('keeps output by the log driver local: the newest of it, in both streams, and nothing about labels', async () => {
    const local = ['--log-driver', 'local', '--network', 'none']
    const small = ['--log-opt', 'max-size=2k', '--log-opt', 'max-file=3']
    await docker('run', '--name', 'compact', ...local, ...small, 'busybox', 'seq', '300')
    const lines = (await docker('logs', '-f', 'compact')).stdout.split('\n')
    expect(lines.length).toBeGreaterThan(50)
    expect(lines.length).toBeLessThan(300)
    expect(lines).toEqual(lines.map((_, at) => String(at + 301 - lines.length)))
    expect((await docker('logs', '--tail', '1', 'compact')).stdout).toBe('300')
    expect((await docker('inspect', '--format', '{{.HostConfig.LogConfig.Type}}{{.LogPath}}', 'compact')).stdout).toBe(
      'local',
    )
    await docker('run', '--name', 'both', ...local, 'busybox', 'sh', '-c', 'echo out; echo err >&2')
    expect(await docker('logs', '-f', 'both')).toMatchObject({ stdout: 'out', stderr: 'err' })
    const refused = await docker('create', ...local, '--log-opt', 'labels=a', 'busybox')
    expect(refused.stderr).toContain("unknown log opt 'labels' for log driver local")
    await docker('rm', 'compact', 'both')
  })

  it('tells of what happens', async () => {
    const format = '{{.Action}} {{index .Actor.Attributes "exitCode"}}'
    // All that there was of it from the beginning: nobody knows when the client has begun to listen.
    const only = ['--since', '1', '--filter', 'type=container', '--filter', 'container=eventful', '--format', format]
    const events = execa('docker', ['events', ...only], { env: engine.environment(), reject: false })
    let text = ''
    events.stdout.on('data', (chunk) => (text += String(chunk)))
    await docker('run', '--rm', '--name', 'eventful', 'busybox', 'sh', '-c', 'exit 5')
    await until(async () => text.includes('destroy'))
    events.kill('SIGINT')
    const lines = (await events).stdout.split('\n').map((line) => line.trim())
    expect(lines.filter((line) => !line.startsWith('attach'))).toEqual(['create', 'start', 'die 5', 'destroy'])
  })
}

/** The terminal that one of these processes has as its standard input. */
async function firstTerminal(pids: readonly string[]): Promise<string> {
  for (const pid of pids) {
    const path = await readlink(`/proc/${pid}/fd/0`).catch(() => '')
    if (path.startsWith('/dev/pts/')) return path
  }
  throw new Error('None of the processes has a terminal')
}
