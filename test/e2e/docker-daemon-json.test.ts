import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate, type Certificate } from '../peers/certificates.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { instanceId, nothingLeft, restingFootprint } from './footprint.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

const root = join(import.meta.dirname, '../..')
const moby = join(root, 'node_modules/.bin/moby')

describe.skipIf(mustSkip('docker-cli'))('an engine with a daemon.json', () => {
  let folder: string
  let file: string
  let engine: EngineProcess
  let tcpPort: number
  let metricsPort: number
  /** A container that was made when the network bridge was another. */
  let kept = ''
  const authority = makeCertificate({ subject: 'authority', authority: true })
  const foreign = makeCertificate({ subject: 'foreign', authority: true })
  const docker = async (...args: string[]) => await engine.docker(args)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-daemon-'))
    file = join(folder, 'daemon.json')
    ;[tcpPort, metricsPort] = [await freePort(), await freePort()]
    const server = makeCertificate({ subject: 'engine', names: ['127.0.0.1'], issuer: authority })
    await writeFile(join(folder, 'ca.pem'), authority.pem)
    await writeFile(join(folder, 'cert.pem'), server.pem)
    await writeFile(join(folder, 'key.pem'), server.keyPem)
    await writeDaemonFile({})
    engine = await EngineProcess.start({
      args: ['--config-file', file, '--host', `tcp://127.0.0.1:${tcpPort}`],
    })
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await rm(folder, { recursive: true, force: true })
  })

  async function writeDaemonFile(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const values = {
      labels: ['zone=a'],
      bip: '10.213.7.1/26',
      mtu: 1432,
      'metrics-addr': `127.0.0.1:${metricsPort}`,
      'no-new-privileges': true,
      'default-ulimits': { nofile: { Name: 'nofile', Soft: 1234, Hard: 2345 } },
      dns: ['192.0.2.53'],
      'log-opts': { 'max-size': '2m' },
      pidfile: join(folder, 'pid'),
      tlsverify: true,
      tlscacert: join(folder, 'ca.pem'),
      tlscert: join(folder, 'cert.pem'),
      tlskey: join(folder, 'key.pem'),
      'userland-proxy': false,
      'live-restore': false,
      ...changes,
    }
    await writeFile(file, JSON.stringify(values, undefined, '\t'))
  }

  const labels = async () => JSON.parse((await docker('info', '--format', '{{json .Labels}}')).stdout) as unknown
  const metric = async (name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    const line = text.split('\n').find((each) => each.startsWith(`${name} `))
    return line === undefined ? undefined : Number(line.slice(name.length + 1))
  }

  it('tells clients what it says, and makes the network bridge so', async () => {
    expect(await labels()).toEqual(['zone=a'])
    const format = '{{(index .IPAM.Config 0).Subnet}} {{index .Options "com.docker.network.driver.mtu"}}'
    expect((await docker('network', 'inspect', 'bridge', '--format', format)).stdout).toBe('10.213.7.0/26 1432')
  })

  it('gives containers its defaults, unless they say otherwise', async () => {
    const script =
      'ulimit -n; ulimit -Hn; grep NoNewPrivs /proc/self/status; cat /etc/resolv.conf; cat /sys/class/net/eth0/mtu'
    const { stdout } = await docker('run', '--rm', 'busybox', 'sh', '-c', script)
    expect(stdout).toMatch(/^1234\n2345\nNoNewPrivs:\t1\n[^]*nameserver 192\.0\.2\.53\n[^]*1432$/)
    const own = ['--ulimit', 'nofile=77:88', '--dns', '192.0.2.1', '--security-opt', 'no-new-privileges=false']
    const other = await docker('run', '--rm', ...own, 'busybox', 'sh', '-c', script)
    expect(other.stdout).toMatch(/^77\n88\nNoNewPrivs:\t0\n[^]*nameserver 192\.0\.2\.1\n/)
    expect(other.stdout).not.toContain('192.0.2.53')
  })

  it('counts what is done for Prometheus', async () => {
    const actions = ['create', 'start', 'delete'].map(
      (action) => `engine_daemon_container_actions_seconds_count{action="${action}"}`,
    )
    const before = await Promise.all(actions.map(metric))
    const events = (await metric('engine_daemon_events_total')) ?? 0
    await docker('run', '--rm', '--network', 'none', 'busybox', 'true')
    await until(async () => {
      const now = await Promise.all(actions.map(metric))
      return now.every((count, index) => (count ?? 0) >= (before[index] ?? 0) + (index === 2 ? 0 : 1))
    })
    expect(await metric('engine_daemon_events_total')).toBeGreaterThan(events)
    expect(await metric('engine_daemon_network_actions_seconds_count{action="allocate"}')).toBeGreaterThan(0)
    await docker('run', '-d', '--name', 'up', 'busybox', 'sleep', '600')
    expect(await metric('engine_daemon_container_states_containers{state="running"}')).toBe(1)
    await docker('rm', '-f', 'up')
    expect(await metric('engine_daemon_container_states_containers{state="running"}')).toBe(0)
    expect(await metric('process_open_fds')).toBeGreaterThan(3)
  })

  /** Status of a ping over the network, or the code of what went wrong. */
  async function ping(client?: Certificate): Promise<unknown> {
    return await new Promise((resolve) => {
      const shown = client === undefined ? {} : { cert: client.pem, key: client.keyPem }
      request(
        { host: '127.0.0.1', port: tcpPort, path: '/info', agent: false, ca: authority.pem, ...shown },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        },
      )
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        .end()
    })
  }

  it('lets those in over the network who have a certificate of its authority, and nobody else', async () => {
    expect(await ping(makeCertificate({ subject: 'ann', issuer: authority }))).toBe(200)
    const strangers = [
      undefined,
      makeCertificate({ subject: 'eve' }),
      makeCertificate({ subject: 'eve', issuer: foreign }),
      makeCertificate({ subject: 'late', issuer: authority, fromDay: -9, toDay: -1 }),
    ]
    for (const stranger of strangers) expect(await ping(stranger)).toEqual(expect.any(String))
    // Bytes that are no TLS end the connection and nothing else.
    await expect(fetch(`http://127.0.0.1:${tcpPort}/info`)).rejects.toThrow('fetch failed')
    expect(await ping(makeCertificate({ subject: 'ann', issuer: authority }))).toBe(200)
  })

  it('carries the streams of a container over TLS both ways, each with its own end', async () => {
    const client = makeCertificate({ subject: 'ann', issuer: authority })
    await writeFile(join(folder, 'client.pem'), client.pem)
    await writeFile(join(folder, 'client.key'), client.keyPem)
    const files = { tlscacert: 'ca.pem', tlscert: 'client.pem', tlskey: 'client.key' }
    const tls = Object.entries(files).map(([name, path]) => `--${name}=${join(folder, path)}`)
    const remote = ['-H', `tcp://127.0.0.1:${tcpPort}`, '--tlsverify', ...tls]
    const input = 'line\n'.repeat(40_000)
    const words = [...remote, 'run', '--rm', '-i', '--network', 'none', 'busybox', 'sh', '-c', 'cat; echo end']
    const { stdout, exitCode } = await execa('docker', words, { input, reject: false, timeout: 60_000 })
    expect({ exitCode, length: stdout.length, end: stdout.slice(-8) }).toEqual({
      exitCode: 0,
      length: input.length + 3,
      end: 'line\nend',
    })
  })

  it('reads it again at SIGHUP, tells who listens, and changes nothing when it has a mistake', async () => {
    const listening = engine.dockerProcess(['events', '--filter', 'type=daemon', '--format', '{{json .}}'])
    await until(async () => ((await metric('engine_daemon_events_subscribers_total')) ?? 0) > 0)
    await writeDaemonFile({ labels: ['zone=b'], 'registry-mirrors': ['https://mirror.example'] })
    process.kill(engine.pid, 'SIGHUP')
    await until(async () => JSON.stringify(await labels()) === '["zone=b"]')
    await writeDaemonFile({ labels: ['zone=c'], mtu: 1 })
    process.kill(engine.pid, 'SIGHUP')
    const status = async () => (await execa(moby, ['status', '--data-root', engine.dataRoot], { reject: false })).stdout
    await until(async () => (await status()).includes('DAEMON_KEY_VALUE'))
    expect(await labels()).toEqual(['zone=b'])
    await until(async () => (await engine.log()).includes('"the assembly was not changed"'))
    await writeDaemonFile({ labels: ['zone=d'] })
    process.kill(engine.pid, 'SIGHUP')
    await until(async () => JSON.stringify(await labels()) === '["zone=d"]')
    kept = (await docker('create', 'busybox', 'ip', '-4', 'addr', 'show', 'eth0')).stdout
    await engine.stop()
    const told = (await listening).stdout
      .split('\n')
      .map((line) => JSON.parse(line) as { Action: string; Actor: { Attributes: Record<string, string> } })
    expect(told.map(({ Action, Actor }) => [Action, Actor.Attributes['labels']])).toEqual([
      ['reload', '["zone=b"]'],
      ['reload', '["zone=d"]'],
    ])
    expect(told[0]?.Actor.Attributes).toMatchObject({
      'registry-mirrors': '["https://mirror.example"]',
      debug: 'false',
    })
    await expect(stat(join(folder, 'pid'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('listens on the socket that a service manager hands over, and leaves it to the next', async () => {
    await writeDaemonFile({ 'metrics-addr': '', bip: '10.213.9.1/24' })
    const server = createServer()
    const path = join(folder, 'handed.sock')
    server.listen(`${path}.new`)
    await once(server, 'listening')
    // Node removes the path that it has bound when it lets go of the socket.
    await rename(`${path}.new`, path)
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle
    const words = [moby, 'up', '--data-root', engine.dataRoot, '--config-file', file, '--host', 'fd://']
    const script = 'LISTEN_PID=$$ LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS; exec "$@"'
    const child = spawn('sh', ['-c', script, 'sh', ...words], { cwd: root, stdio: ['ignore', 'ignore', 'ignore', fd] })
    const ended = once(child, 'exit')
    // From here on the engine alone accepts.
    server.close()
    try {
      const env = { DOCKER_HOST: `unix://${path}` }
      const answers = async () =>
        await execa('docker', ['run', '--rm', 'busybox', 'env'], { env, reject: false, timeout: 60_000 })
      await until(async () => (await answers()).exitCode === 0)
      // The network bridge was made anew, under the containers that have it.
      expect((await execa('docker', ['start', '-a', kept], { env })).stdout).toMatch(/inet 10\.213\.9\.\d+\/24 /)
      expect((await execa('docker', ['run', '-d', 'busybox', 'sleep', '600'], { env })).stdout).toMatch(
        /^[0-9a-f]{64}$/,
      )
    } finally {
      child.kill('SIGTERM')
      await ended
    }
    expect((await stat(path)).isSocket()).toBe(true)
    // The file has the engine end its containers with itself, and leave nothing on the host.
    expect(await restingFootprint(engine.dataRoot, await instanceId(engine.dataRoot))).toEqual(nothingLeft)
  })
})
