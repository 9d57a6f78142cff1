import { existsSync } from 'node:fs'
import { readFile, readlink, statfs } from 'node:fs/promises'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RegistryPeer } from '../../peers/registry.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { until } from '../until.ts'
import { hijack } from './hijack.ts'

/**
 * The requests of cri-dockerd, the kubelet's adapter to a Docker engine: K1 to K23 are the endpoints that it calls, in
 * the version that it negotiates with an engine of today. What it reads of an answer is what is looked at.
 */
const version = '/v1.46'
const sandboxName = 'k8s_POD_web_default_0a1b_0'
const name = 'k8s_web_web_default_0a1b_0'
const labels = { 'io.kubernetes.pod.uid': '0a1b' }
const byPod = encodeURIComponent(JSON.stringify({ label: { 'io.kubernetes.pod.uid=0a1b': true } }))

interface Inspected {
  readonly Id: string
  readonly State: {
    readonly Status: string
    readonly Pid: number
    readonly ExitCode: number
    readonly StartedAt: string
  }
  readonly ResolvConfPath: string
  readonly LogPath: string
  readonly HostConfig: Record<string, unknown>
  readonly NetworkSettings: { readonly IPAddress: string }
}

export function proveCriDockerd(shared: SharedEngine): void {
  let engine: EngineProcess
  let registry: RegistryPeer
  let sandbox: Inspected
  let workload: Inspected

  async function ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown, status?: number) {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const answer = await engine.request(method, `${version}${path}`, text)
    if (status !== undefined && answer.status !== status)
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body}`)
    return {
      ...answer,
      /** Read when it is asked for: a stream of records is not one. */
      get value() {
        return JSON.parse(answer.body) as T
      },
    }
  }
  const inspect = async (id: string) => (await ask<Inspected>('GET', `/containers/${id}/json`, undefined, 200)).value

  beforeAll(async () => {
    registry = await RegistryPeer.start()
    engine = shared.engine
    await ask('POST', `/images/busybox/tag?repo=${registry.host}/pause&tag=3`, undefined, 201)
    await engine.docker(['push', `${registry.host}/pause:3`])
    const pod = {
      Image: 'busybox',
      Cmd: ['sleep', '10000'],
      Hostname: 'web',
      Labels: labels,
      HostConfig: {
        NetworkMode: 'none',
        IpcMode: 'shareable',
        CgroupParent: '/kubepods/pod0a1b',
        // The kubelet asks for -998; less than its own a process gets by CAP_SYS_RESOURCE alone, which not every host gives.
        OomScoreAdj: 998,
        Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '80' },
        SecurityOpt: ['no-new-privileges'],
        MemorySwappiness: null,
      },
    }
    await ask('POST', `/containers/create?name=${sandboxName}`, pod, 201)
    await ask('POST', `/containers/${sandboxName}/start`, undefined, 204)
    sandbox = await inspect(sandboxName)
    const workloadConfig = {
      Image: 'busybox',
      Cmd: ['sh', '-c', 'echo hello; echo oops >&2; exec cat'],
      OpenStdin: true,
      Labels: labels,
      Healthcheck: { Test: ['NONE'] },
      HostConfig: {
        NetworkMode: `container:${sandbox.Id}`,
        IpcMode: `container:${sandbox.Id}`,
        PidMode: `container:${sandbox.Id}`,
        CgroupParent: '/kubepods/pod0a1b',
        Memory: 64 << 20,
        MemorySwap: 64 << 20,
        CpuShares: 102,
        RestartPolicy: { Name: 'no' },
        LogConfig: { Type: 'json-file', Config: {} },
        Devices: [{ PathOnHost: '/dev/full', PathInContainer: '/dev/plenty', CgroupPermissions: 'rw' }],
        Mounts: [
          {
            Type: 'bind',
            Source: '/usr/share',
            Target: '/shared',
            ReadOnly: true,
            BindOptions: { Propagation: 'rprivate' },
          },
          {
            Type: 'bind',
            Source: '/sys/fs',
            Target: '/tree',
            ReadOnly: true,
            BindOptions: { Propagation: 'rprivate', ReadOnlyForceRecursive: true },
          },
        ],
      },
    }
    await ask('POST', `/containers/create?name=${name}`, workloadConfig, 201)
    await ask('POST', `/containers/${name}/start`, undefined, 204)
    workload = await inspect(name)
  })

  afterAll(async () => {
    await registry.stop()
  })

  it('K1 /_ping tells a version of the API from 1.42 on', async () => {
    const answer = await headersOf(engine.socket, '/_ping')
    expect(Number(answer['api-version']?.split('.')[1])).toBeGreaterThanOrEqual(42)
    expect(answer['ostype']).toBe('linux')
  })

  it('K2 /version has what the kubelet shows', async () => {
    const { value } = await ask('GET', '/version', undefined, 200)
    expect(value).toMatchObject({ Version: expect.stringMatching(/^\d+\.\d+/), ApiVersion: expect.any(String) })
  })

  it('K3 /info has driver of cgroups and logs, runtimes with their features, and a root that can be measured', async () => {
    const { value } = await ask<Record<string, string> & { Runtimes: Record<string, { status?: unknown }> }>(
      'GET',
      '/info',
      undefined,
      200,
    )
    expect(value).toMatchObject({ CgroupDriver: 'cgroupfs', LoggingDriver: 'json-file', OSType: 'linux' })
    expect((await statfs(value['DockerRootDir'] ?? '')).blocks).toBeGreaterThan(0)
    const runtime = value.Runtimes[value['DefaultRuntime'] ?? '']
    const features = (runtime?.status as Record<string, string> | undefined)?.[
      'org.opencontainers.runtime-spec.features'
    ]
    expect(JSON.parse(features ?? '')).toHaveProperty('ociVersionMax')
  })

  it('K4 /containers/json lists by label, with the status by its first word', async () => {
    const list = await ask<{ Names: string[]; Status: string; State: string }[]>(
      'GET',
      `/containers/json?all=1&filters=${byPod}`,
      undefined,
      200,
    )
    expect(list.value.map(({ Names }) => Names[0]).toSorted()).toEqual([`/${sandboxName}`, `/${name}`])
    for (const each of list.value)
      expect(each).toMatchObject({ State: 'running', Status: expect.stringMatching(/^Up /) })
    await ask('POST', '/containers/create?name=fresh', { Image: 'busybox', Labels: { fresh: '1' } }, 201)
    const all = await ask<{ Names: string[]; Status: string }[]>('GET', '/containers/json?all=1', undefined, 200)
    expect(all.value.find(({ Names }) => Names[0] === '/fresh')?.Status).toBe('Created')
    await ask('DELETE', '/containers/fresh', undefined, 204)
  })

  it('K5 /containers/create says whose a name is, in the words that the adapter looks for', async () => {
    const { status, value } = await ask('POST', `/containers/create?name=${name}`, { Image: 'busybox' })
    expect(status).toBe(409)
    const text = `Conflict. The container name "/${name}" is already in use by container "${workload.Id}".`
    expect(value['message']).toMatch(text)
  })

  it('K6 inspecting gives the process, the files that the adapter takes over, and the limits', async () => {
    expect(workload.HostConfig).toMatchObject({
      NetworkMode: `container:${sandbox.Id}`,
      Memory: 64 << 20,
      MemorySwap: 64 << 20,
      CgroupParent: '/kubepods/pod0a1b',
      Runtime: expect.any(String),
    })
    const net = (pid: number) => readlink(`/proc/${pid}/ns/net`)
    expect(await net(workload.State.Pid)).toBe(await net(sandbox.State.Pid))
    expect(await readFile(`/proc/${sandbox.State.Pid}/oom_score_adj`, 'utf8')).toBe('998\n')
    expect(existsSync(sandbox.ResolvConfPath)).toBe(true)
    expect(workload.NetworkSettings.IPAddress).toBe('')
    const { status, value } = await ask('GET', '/containers/nobody/json')
    expect([status, value['message']]).toEqual([404, 'No such container: nobody'])
  })

  it('K7 starting what runs changes nothing', async () => {
    expect((await ask('POST', `/containers/${name}/start`)).status).toBe(304)
  })

  it('K8 stopping takes its seconds, and the exit is told', async () => {
    const { value } = await ask<{ Id: string }>('POST', '/containers/create?name=short', {
      Image: 'busybox',
      Cmd: ['sleep', '1000'],
    })
    await ask('POST', `/containers/${value.Id}/start`, undefined, 204)
    await ask('POST', `/containers/${value.Id}/stop?t=0`, undefined, 204)
    expect((await inspect(value.Id)).State).toMatchObject({ Status: 'exited', ExitCode: 137 })
    const [listed] = (
      await ask<{ Status: string }[]>(
        'GET',
        `/containers/json?all=1&filters={"name":{"^/short$":true}}`,
        undefined,
        200,
      )
    ).value
    expect(listed?.Status).toMatch(/^Exited \(137\)/)
    await ask('DELETE', '/containers/short?v=1&force=1', undefined, 204)
  })

  it('K9 removing a container that is not there is told as the adapter knows it', async () => {
    const { status, value } = await ask('DELETE', '/containers/nobody?force=1')
    expect([status, value['message']]).toEqual([404, 'No such container: nobody'])
  })

  it('K10 an update changes limits while it runs', async () => {
    await ask('POST', `/containers/${name}/update`, { CpuShares: 204, Memory: 96 << 20, MemorySwap: 96 << 20 }, 200)
    expect((await inspect(name)).HostConfig).toMatchObject({ CpuShares: 204, Memory: 96 << 20 })
  })

  it('K11 logs come by the API and lie in the file that the kubelet reads', async () => {
    await until(async () => (await readFile(workload.LogPath, 'utf8')).split('\n').length > 2)
    const lines = (await readFile(workload.LogPath, 'utf8')).trimEnd().split('\n')
    const records = lines.map((line) => JSON.parse(line) as { log: string; stream: string; time: string })
    expect(records.map(({ log, stream }) => `${stream} ${log}`).toSorted()).toEqual(['stderr oops\n', 'stdout hello\n'])
    for (const { time } of records) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+\.\d+Z$/)
    const { body } = await ask('GET', `/containers/${name}/logs?stdout=1&stderr=1&tail=10`, undefined, 200)
    expect(body).toContain('hello\n')
  })

  it('K12 attaching gives the streams of what runs', async () => {
    const path = `${version}/containers/${name}/attach?stream=1&stdin=1&stdout=1`
    const { status, socket, output } = await hijack(engine.socket, path)
    expect(status).toBe(101)
    // Once it has echoed, the connection ends from here: its input stays open for the next. It may come in pieces.
    let heard = ''
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString()
      if (heard.endsWith('echoed\n')) socket.destroy()
    })
    socket.write('echoed\n')
    expect(await output()).toBe('echoed\n')
  })

  it('K13 the terminal of a container is resized', async () => {
    const made = await ask<{ Id: string }>('POST', '/containers/create', {
      Image: 'busybox',
      Cmd: ['sleep', '1000'],
      Tty: true,
    })
    await ask('POST', `/containers/${made.value.Id}/start`, undefined, 204)
    expect((await ask('POST', `/containers/${made.value.Id}/resize?h=40&w=120`)).status).toBe(200)
    await ask('DELETE', `/containers/${made.value.Id}?force=1`, undefined, 204)
  })

  it('K14 stats of one moment have processor and memory', async () => {
    const { value } = await ask('GET', `/containers/${name}/stats?stream=0&one-shot=1`, undefined, 200)
    expect(value).toMatchObject({
      cpu_stats: { cpu_usage: { total_usage: expect.any(Number) } },
      memory_stats: { usage: expect.any(Number), stats: expect.any(Object) },
    })
  })

  async function execOf(cmd: readonly string[], extra: object = {}): Promise<string> {
    const body = { Cmd: cmd, AttachStdout: true, AttachStderr: true, ...extra }
    return (await ask<{ Id: string }>('POST', `/containers/${name}/exec`, body, 201)).value.Id
  }

  it('K15 K16 K17 a command is added, its streams come, and its exit code is told', async () => {
    const id = await execOf(['sh', '-c', 'echo said; exit 3'])
    const { output } = await hijack(engine.socket, `${version}/exec/${id}/start`, { Detach: false, Tty: false })
    expect(await output()).toBe('said\n')
    await until(
      async () => (await ask<{ Running: boolean }>('GET', `/exec/${id}/json`, undefined, 200)).value.Running === false,
    )
    const { value } = await ask('GET', `/exec/${id}/json`, undefined, 200)
    expect(value).toMatchObject({ ID: id, ExitCode: 3, ContainerID: workload.Id })
  })

  it('K18 the terminal of a command is resized', async () => {
    const id = await execOf(['sleep', '600'], { Tty: true })
    const { socket } = await hijack(engine.socket, `${version}/exec/${id}/start`, { Detach: false, Tty: true })
    expect((await ask('POST', `/exec/${id}/resize?h=40&w=120`)).status).toBe(200)
    socket.destroy()
  })

  it('K19 K20 K21 K22 K23 an image is pulled with progress, listed with sizes, inspected, told of and removed', async () => {
    const image = `${registry.host}/pause`
    await ask('DELETE', `/images/${image}:3`, undefined, 200)
    const { body } = await ask('POST', `/images/create?fromImage=${encodeURIComponent(image)}&tag=3`, undefined, 200)
    const steps = body
      .trimEnd()
      .split('\r\n')
      .map((line) => JSON.parse(line) as { status?: string; error?: string })
    expect(steps.filter(({ error }) => error !== undefined)).toEqual([])
    expect(steps.at(-1)?.status).toMatch(/^Status: (Downloaded newer|Image is up to date)/)
    const list = await ask<{ RepoTags: string[]; SharedSize: number; Size: number }[]>(
      'GET',
      '/images/json?shared-size=1',
      undefined,
      200,
    )
    const listed = list.value.find(({ RepoTags }) => RepoTags.includes(`${image}:3`))
    expect(listed?.SharedSize).toBeGreaterThanOrEqual(0)
    const inspected = await ask<{ Id: string; RepoDigests: string[]; Config: object }>(
      'GET',
      `/images/${image}:3/json`,
      undefined,
      200,
    )
    expect(inspected.value.RepoDigests).toEqual([expect.stringMatching(`^${image}@sha256:`)])
    const history = await ask<object[]>('GET', `/images/${image}:3/history`, undefined, 200)
    expect(history.value.length).toBeGreaterThan(0)
    const removed = await ask<object[]>('DELETE', `/images/${image}:3`, undefined, 200)
    expect(removed.value).toContainEqual({ Untagged: `${image}:3` })
    expect((await ask('GET', `/images/${image}:3/json`)).value['message']).toBe(`No such image: ${image}:3`)
  })

  it('the sandbox keeps what its pod is, and mounts of the workload are what was asked for', async () => {
    expect(sandbox.HostConfig).toMatchObject({ IpcMode: 'shareable', NetworkMode: 'none', OomScoreAdj: 998 })
    const mounts = await readFile(`/proc/${workload.State.Pid}/mountinfo`, 'utf8')
    expect(mounts).toMatch(/ \/usr\/share \/shared ro,/)
    // Mounts that stand below a part of the host are read-only, too.
    const below = mounts.split('\n').filter((line) => / \/tree\/\S+ /.test(line))
    expect(below.length).toBeGreaterThan(0)
    for (const line of below) expect(line).toMatch(/^\d+ \d+ \S+ \S+ \/tree\/\S+ ro[ ,]/)
    const device = await engine.docker(['exec', name, 'sh', '-c', 'echo x > /dev/plenty'])
    expect(device.stderr).toContain('No space left on device')
    const port = await engine.docker(['exec', name, 'cat', '/proc/sys/net/ipv4/ip_unprivileged_port_start'])
    expect(port.stdout).toBe('80')
  })
}

async function headersOf(socketPath: string, path: string): Promise<Record<string, string | undefined>> {
  return await new Promise((resolve, reject) => {
    request({ socketPath, path, method: 'HEAD' }, (response) => {
      response.resume()
      resolve(response.headers as Record<string, string>)
    })
      .on('error', reject)
      .end()
  })
}
