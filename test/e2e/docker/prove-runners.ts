import { afterAll, beforeAll, expect, it } from 'vitest'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { readFrames } from '../../compat/frames.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { asker, type Ask } from '../traps/ask.ts'
import { Wire } from '../traps/wire.ts'

/** Words of a command line, none of which has a space in it. */
const words = (line: string) => line.split(' ')

/** What runners of CI and editors ask of an engine, in their order. */
export function proveRunners(shared: SharedEngine): void {
  let engine: EngineProcess
  let ask: Ask
  const wires: Wire[] = []
  const children: ChildProcessWithoutNullStreams[] = []

  beforeAll(async () => {
    engine = shared.engine
    ask = asker(engine)
  })
  afterAll(async () => {
    for (const each of wires) each.destroy()
    for (const each of children) each.kill('SIGKILL')
  })

  const open = (path: string, options: { body?: unknown; upgrade?: string } = {}): Wire => {
    const wire = new Wire(engine.socket)
    wires.push(wire)
    wire.send('POST', path, options)
    return wire
  }
  /** The docker command with its streams open, and what it has said so far. */
  const command = (...args: readonly string[]) => {
    const child = spawn('docker', args, { env: { ...process.env, ...engine.environment() } })
    children.push(child)
    // Apart: between the two there is no order.
    const said = { out: '', err: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { child, said, ended }
  }
  const docker = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await engine.docker(args)
    expect([args, exitCode, stderr]).toEqual([args, 0, ''])
    return stdout
  }

  it('GitLab: a script by attach with half-close in each stage, services on a network of the build', async () => {
    const labels = { 'com.gitlab.gitlab-runner.job.id': '17', 'com.gitlab.gitlab-runner.managed': 'true' }
    const create = async (name: string, spec: object) => {
      const { status, body } = await ask('POST', `/v1.44/containers/create?name=${name}`, {
        Image: 'busybox',
        Labels: labels,
        ...spec,
      })
      expect([name, status]).toEqual([name, 201])
      return String(body['Id'])
    }
    expect((await ask('GET', '/v1.44/version')).body).toMatchObject({ Os: 'linux' })
    expect((await ask('GET', '/v1.44/info')).body).toMatchObject({
      OSType: 'linux',
      Swarm: { LocalNodeState: 'inactive' },
    })
    const network = (await ask('POST', '/v1.44/networks/create', { Name: 'runner-17', Labels: labels })).body['Id']
    expect((await ask('GET', `/v1.44/networks/${String(network)}`)).body).toMatchObject({ Labels: labels })
    expect((await ask('POST', '/v1.44/volumes/create', { Name: 'runner-cache', Labels: labels })).status).toBe(201)
    expect((await ask('GET', '/v1.44/volumes/runner-cache')).body).toMatchObject({ Labels: labels })

    const cache = await create('runner-cache-init', {
      Cmd: ['chmod', '0777', '/cache'],
      HostConfig: { Binds: ['runner-cache:/cache'], NetworkMode: 'none' },
    })
    expect((await ask('POST', `/v1.44/containers/${cache}/start`)).status).toBe(204)
    expect((await ask('POST', `/v1.44/containers/${cache}/wait?condition=not-running`)).body).toEqual({ StatusCode: 0 })
    expect((await ask('DELETE', `/v1.44/containers/${cache}?force=1&v=1`)).status).toBe(204)

    const service = await create('runner-17-service', {
      Cmd: ['httpd', '-f', '-p', '80', '-h', '/etc'],
      HostConfig: { NetworkMode: 'runner-17', RestartPolicy: { Name: 'no' } },
      NetworkingConfig: { EndpointsConfig: { 'runner-17': { Aliases: ['store', 'redis'] } } },
    })
    expect((await ask('POST', `/v1.44/containers/${service}/start`)).status).toBe(204)

    const build = await create('runner-17-build', {
      Cmd: ['sh'],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      OpenStdin: true,
      StdinOnce: true,
      HostConfig: { NetworkMode: 'runner-17', Binds: ['runner-cache:/cache'] },
      NetworkingConfig: { EndpointsConfig: { 'runner-17': { Aliases: ['build'] } } },
    })
    // One container for all stages: each attaches, starts, sends its script, ends its side, and reads to the end.
    const stage = async (script: string) => {
      const attached = open(`/v1.44/containers/${build}/attach?stream=1&stdin=1&stdout=1&stderr=1`, { upgrade: 'tcp' })
      expect(await attached.head()).toMatch(/^HTTP\/1\.1 101 /)
      const next = open(`/v1.44/containers/${build}/wait?condition=next-exit`)
      expect(await next.head()).toMatch(/^HTTP\/1\.1 200 /)
      expect((await ask('POST', `/v1.44/containers/${build}/start`)).status).toBe(204)
      attached.write(script)
      attached.endInput()
      const output = readFrames(await attached.rest()).join('')
      const told = /"StatusCode":(\d+)/.exec(String(await next.bodyWith('StatusCode')))?.[1]
      const { body } = await ask('POST', `/v1.44/containers/${build}/wait?condition=not-running`)
      return { output, codes: [Number(told), body['StatusCode']] }
    }
    expect(await stage('echo prepared >/cache/state; sleep 0.2; echo after the end of input\n')).toEqual({
      output: 'stdout: after the end of input\n',
      codes: [0, 0],
    })
    // The service may not listen yet.
    const fetching = 'until wget -q -O /tmp/name http://redis/hostname 2>/dev/null; do sleep 0.1; done; cat /tmp/name'
    const second = await stage(`cat /cache/state; ${fetching}; echo bad >&2; exit 9\n`)
    expect(second.codes).toEqual([9, 9])
    expect(second.output).toContain('stdout: prepared\n')
    expect(second.output).toContain(service.slice(0, 12))
    expect(second.output).toContain('stderr: bad\n')
    expect((await ask('GET', `/v1.44/containers/${build}/json`)).body['State']).toMatchObject({ ExitCode: 9 })

    // A job that is cancelled: kill, take off the network, remove, and then the network.
    expect((await ask('POST', `/v1.44/containers/${service}/kill?signal=SIGKILL`)).status).toBe(204)
    for (const id of [service, build]) {
      const off = await ask('POST', '/v1.44/networks/runner-17/disconnect', { Container: id, Force: true })
      expect(off.status).toBe(200)
      expect((await ask('DELETE', `/v1.44/containers/${id}?force=1&v=1`)).status).toBe(204)
    }
    const filter = encodeURIComponent(JSON.stringify({ label: ['com.gitlab.gitlab-runner.job.id=17'] }))
    expect((await ask('GET', `/v1.44/networks?filters=${filter}`)).body).toHaveLength(1)
    expect((await ask('DELETE', `/v1.44/networks/${String(network)}`)).status).toBe(204)
    expect((await ask('DELETE', '/v1.44/volumes/runner-cache')).status).toBe(204)
  })

  it('GitLab: a step by exec with half-close goes on after the end of its input, and has its code', async () => {
    await docker('run', '-d', '--name', 'steps', '--network', 'none', 'busybox', 'sleep', '600')
    const { body } = await ask('POST', '/v1.44/containers/steps/exec', {
      Cmd: ['sh', '-c', 'cat; sleep 0.2; echo done; exit 6'],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    })
    const wire = open(`/v1.44/exec/${String(body['Id'])}/start`, {
      body: { Detach: false, Tty: false },
      upgrade: 'tcp',
    })
    expect(await wire.head()).toMatch(/^HTTP\/1\.1 101 /)
    wire.write('whole script\n')
    wire.endInput()
    // Whether in one frame or two is up to who reads when.
    const output = readFrames(await wire.rest()).map((frame) => frame.replace(/^stdout: /, ''))
    expect(output.join('')).toBe('whole script\ndone\n')
    expect((await ask('GET', `/v1.44/exec/${String(body['Id'])}/json`)).body).toMatchObject({
      Running: false,
      ExitCode: 6,
    })
    await docker('rm', '-f', 'steps')
  })

  it("GitHub: its runner's commands, word by word", async () => {
    const label = 'a1b2c3'
    expect(await docker('version', '--format', '{{.Server.APIVersion}}')).toMatch(/^1\.\d\d$/)
    expect(await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`)).toBe('')
    await docker('network', 'prune', '--force', '--filter', `label=${label}`)
    await docker('network', 'create', '--label', label, `github_network_${label}`)
    const job = await docker(
      ...words(`create --name job --label ${label} --workdir /__w/repo --network github_network_${label}`),
      ...words('--network-alias job -e HOME=/github/home -e GITHUB_ACTIONS=true -e CI=true'),
      ...words(`-v ${engine.socket}:/var/run/docker.sock -v ${engine.dataRoot}/client:/github/home`),
      ...words('--entrypoint tail busybox -f /dev/null'),
    )
    await docker('start', job)
    const filters = ['--filter', `id=${job}`, '--filter', 'status=running', '--no-trunc']
    expect(await docker('ps', '--all', ...filters, '--format', '{{.ID}} {{.Status}}')).toMatch(`${job} Up `)
    const store = await docker(
      ...words(`create --name store --label ${label} --network github_network_${label}`),
      ...words('--network-alias store -p 80 --health-cmd'),
      'wget -qO- http://localhost/hostname',
      ...words('--health-interval 0.2s --health-retries 20 busybox httpd -f -p 80 -h /etc'),
    )
    await docker('start', store)
    const health = '{{if .Config.Healthcheck}}{{print .State.Health.Status}}{{end}}'
    await expect.poll(async () => await docker('inspect', `--format=${health}`, store)).toBe('healthy')
    expect(await docker('inspect', `--format=${health}`, job)).toBe('')
    expect(await docker('port', store)).toMatch(/^80\/tcp -> 0\.0\.0\.0:\d+/)
    expect(await docker('inspect', '--format', '{{range .Config.Env}}{{println .}}{{end}}', job)).toContain('CI=true')
    const step = ['exec', '-i', '--workdir', '/__w/repo', '-e', 'GITHUB_JOB=test', job, 'sh', '-e']
    const script = 'pwd; echo $GITHUB_JOB; wget -qO- http://store/hostname; test -S /var/run/docker.sock; exit 4'
    const ran = await engine.docker(step, { input: script })
    expect([ran.exitCode, ran.stdout]).toEqual([4, `/__w/repo\ntest\n${store.slice(0, 12)}`])
    expect((await engine.docker(['logs', '--details', store])).exitCode).toBe(0)
    for (const id of [job, store]) await docker('rm', '--force', id)
    await docker('network', 'rm', `github_network_${label}`)
  })

  it('dev containers: the start is told with its labels before anything is asked, and one shell serves many commands', async () => {
    const label = 'devcontainer.local_folder=/work/project'
    const watch = command('events', '--format', '{{json .}}', '--filter', 'event=start')
    await expect.poll(async () => (await ask('GET', '/info')).body['NEventsListener']).toBe(1)
    const run = command(
      ...words('run --sig-proxy=false -a STDOUT -a STDERR --mount type=tmpfs,target=/scratch'),
      ...words(`-l ${label} --network none --entrypoint /bin/sh busybox -c`),
      'echo Container started; trap "exit 0" 15; exec "$@"; while sleep 1 & wait $!; do :; done',
    )
    await expect.poll(() => watch.said.out).toContain('\n')
    const event = JSON.parse(watch.said.out) as { status: string; id: string; Actor: { Attributes: object } }
    expect(event).toMatchObject({ status: 'start', Action: 'start', Type: 'container' })
    expect(event.Actor.Attributes).toMatchObject({ 'devcontainer.local_folder': '/work/project', image: 'busybox' })
    await expect.poll(() => run.said.out).toContain('Container started')
    expect(await docker('ps', '-q', '-a', '--no-trunc', '--filter', `label=${label}`)).toBe(event.id)
    const [inspected] = JSON.parse(await docker('inspect', '--type', 'container', event.id)) as Record<
      string,
      unknown
    >[]
    expect(inspected).toMatchObject({ Id: event.id, State: { Status: 'running' }, Config: { User: '' } })
    const shell = command('exec', '-i', '-u', 'root', event.id, '/bin/sh')
    for (const word of ['first', 'second', 'third']) {
      shell.child.stdin.write(`echo -n mark-; ( echo ${word} ); echo -n $?-mark; echo -n trouble >&2\n`)
      await expect.poll(() => shell.said.out).toContain(`mark-${word}\n0-mark`)
    }
    shell.child.stdin.end()
    expect(await shell.ended).toBe(0)
    await docker('stop', event.id)
    expect(await run.ended).toBe(0)
    watch.child.kill()
    await docker('rm', event.id)
  })
}
