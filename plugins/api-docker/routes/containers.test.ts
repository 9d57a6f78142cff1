import { codedError, type TaskStats } from '@moby/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { containerId, sampleContainer, streamOf } from '../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const bytes = (text: string) => new TextEncoder().encode(text)

const running = sampleContainer({
  spec: { image: 'busybox', networkMode: 'net', endpoints: [{ network: 'net', aliases: ['web'] }] },
  process: {
    ...sampleContainer().process,
    exposedPorts: ['80/tcp', '443/tcp', '53/udp'],
    labels: { 'com.docker.compose.project': 'p' },
  },
  state: {
    status: 'running',
    pid: 42,
    exitCode: 0,
    oomKilled: false,
    error: '',
    restartCount: 0,
    startedAt: new Date(Date.now() - 125_000).toISOString(),
    health: { status: 'healthy', failingStreak: 0, log: [] },
  },
  networks: [
    {
      networkId: 'n1',
      networkName: 'net',
      endpointId: 'e1',
      address: '10.1.0.2/16',
      gateway: '10.1.0.1',
      addressIpv6: '',
      gatewayIpv6: '',
      macAddress: '02:42:0a:01:00:02',
      aliases: ['web'],
      dnsNames: ['quiet_whale', 'web', 'c0ffee000000'],
      spec: { network: 'net', aliases: ['web'], ipv4Address: '10.1.0.2' },
    },
  ],
  ports: [
    { protocol: 'tcp', containerPort: 80, hostIp: '', hostPort: 8080 },
    { protocol: 'tcp', containerPort: 443, hostIp: '127.0.0.1', hostPort: 8443 },
  ],
})

type Shape = Record<string, unknown>

describe('creating a container', () => {
  it("keeps the request with Docker's defaults, which inspect gives back", async () => {
    let kept: unknown
    api = await startTestApi({
      containers: {
        create: async ({ frontend }) => {
          kept = frontend
          return { id: containerId, warnings: ['w'] }
        },
        inspect: async () =>
          sampleContainer({
            frontend: structuredClone(kept),
            spec: { image: 'busybox', networkMode: 'bridge', resources: { memoryBytes: 1 << 24 }, hostname: 'h' },
          }),
      },
    })
    const body = {
      Hostname: 'h',
      Image: 'busybox',
      AttachStdout: true,
      HostConfig: { Memory: 16_777_216, Binds: ['/a:/b:ro,z'], CapAdd: ['SYS_TIME'], Tmpfs: { '/run': '' } },
    }
    expect(await api.json('POST', '/containers/create?name=/n', body)).toEqual({ Id: containerId, Warnings: ['w'] })
    expect(api.calls.at(-1)?.request).toMatchObject({ name: 'n' })
    const shape = (await api.json('GET', '/containers/n/json')) as { HostConfig: Shape; Config: Shape }
    expect(shape.HostConfig).toMatchObject({
      Memory: 16_777_216,
      Binds: ['/a:/b:ro,z'],
      CapAdd: ['SYS_TIME'],
      CapDrop: null,
      NetworkMode: 'bridge',
      LogConfig: { Type: 'json-file', Config: {} },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      ShmSize: 67_108_864,
      IpcMode: 'private',
      CgroupnsMode: 'host',
      PortBindings: null,
      Tmpfs: { '/run': '' },
      Dns: null,
      Devices: null,
      PidsLimit: null,
      MemorySwappiness: null,
      OomKillDisable: false,
      Runtime: 'runc',
      MaskedPaths: expect.arrayContaining(['/proc/kcore', '/sys/firmware']) as unknown,
      ReadonlyPaths: expect.arrayContaining(['/proc/sys']) as unknown,
    })
    expect(shape.HostConfig).not.toHaveProperty('Mounts')
    expect(shape.HostConfig).not.toHaveProperty('Sysctls')
    expect(shape.Config).toMatchObject({ Hostname: 'h', AttachStdout: true, AttachStdin: false, Volumes: null })
  })

  it('gives warnings as a list also when there are none', async () => {
    api = await startTestApi({ containers: { create: async () => ({ id: 'x', warnings: [] }) } })
    expect(await api.json('POST', '/containers/create', { Image: 'x' })).toEqual({ Id: 'x', Warnings: [] })
  })

  it('hides nothing from a privileged container, and what the user says from another', async () => {
    api = await startTestApi({ containers: { create: async () => ({ id: 'x', warnings: [] }) } })
    const spec = async (hostConfig: object) => {
      await api.json('POST', '/containers/create', { Image: 'x', HostConfig: hostConfig })
      return (api.calls.at(-1) as { request: { spec: Shape } }).request.spec
    }
    expect(await spec({ Privileged: true })).not.toHaveProperty('maskedPaths')
    expect(await spec({ MaskedPaths: [], ReadonlyPaths: ['/a'] })).toMatchObject({
      maskedPaths: [],
      readonlyPaths: ['/a'],
    })
    expect((await spec({}))['maskedPaths']).toContain('/proc/kcore')
  })

  it('keeps the id of a container whose network is shared', async () => {
    api = await startTestApi({
      containers: { inspect: async () => sampleContainer(), create: async () => ({ id: 'x', warnings: [] }) },
    })
    await api.json('POST', '/containers/create', { Image: 'x', HostConfig: { NetworkMode: 'container:whale' } })
    const { request } = api.calls.at(-1) as { request: { spec: { networkMode: string } } }
    expect(request.spec.networkMode).toBe(`container:${containerId}`)
  })
})

describe('inspecting a container', () => {
  it("has Docker's shape, with nothing null that is a list or map there", async () => {
    api = await startTestApi({ containers: { inspect: async () => running } })
    const shape = (await api.json('GET', '/containers/x/json')) as Record<string, Shape>
    expect(shape).toMatchObject({
      Id: containerId,
      Name: '/quiet_whale',
      Created: '2026-01-02T03:04:05.678Z',
      Path: 'sh',
      Args: ['-c', 'echo hello world'],
      Platform: 'linux',
      Driver: 'overlay',
      ExecIDs: null,
      Mounts: [],
    })
    expect(shape['State']).toMatchObject({
      Status: 'running',
      Running: true,
      Paused: false,
      Pid: 42,
      FinishedAt: '0001-01-01T00:00:00Z',
      Health: { Status: 'healthy', FailingStreak: 0, Log: [] },
    })
    expect(shape['NetworkSettings']).toMatchObject({
      IPAddress: '',
      Ports: {
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '8080' },
          { HostIp: '::', HostPort: '8080' },
        ],
        '443/tcp': [{ HostIp: '127.0.0.1', HostPort: '8443' }],
        '53/udp': null,
      },
      Networks: {
        net: {
          IPAMConfig: { IPv4Address: '10.1.0.2' },
          Aliases: ['web'],
          DNSNames: ['quiet_whale', 'web', 'c0ffee000000'],
          IPAddress: '10.1.0.2',
          IPPrefixLen: 16,
          Gateway: '10.1.0.1',
          MacAddress: '02:42:0a:01:00:02',
          DriverOpts: null,
        },
      },
    })
  })

  it('adds the id and the host name to the aliases before 1.45', async () => {
    api = await startTestApi({ containers: { inspect: async () => running } })
    const shape = (await api.json('GET', '/v1.44/containers/x/json')) as {
      NetworkSettings: { Networks: Record<string, Shape> }
    }
    expect(shape.NetworkSettings.Networks['net']?.['Aliases']).toEqual(['web', 'c0ffee000000'])
  })

  it('shows what waits for a driver as waiting, not as lost', async () => {
    const state = {
      ...sampleContainer().state,
      status: 'exited' as const,
      exitCode: 3,
      finishedAt: new Date().toISOString(),
    }
    const waiting = sampleContainer({ state: { ...state, waitingFor: 'waiting for storage.layers driver "overlay"' } })
    api = await startTestApi({
      containers: { inspect: async () => waiting, list: async () => ({ containers: [waiting] }) },
    })
    const [row] = (await api.json('GET', '/containers/json?all=1')) as [Shape]
    expect(row['Status']).toBe('Exited (3) Less than a second ago (waiting for storage.layers driver "overlay")')
    const { State: shape } = (await api.json('GET', '/containers/x/json')) as { State: Shape }
    expect(shape).toMatchObject({
      Status: 'exited',
      Running: false,
      Error: 'waiting for storage.layers driver "overlay"',
    })
  })
})

describe('listing containers', () => {
  it('has a row with slash, status words and every port', async () => {
    api = await startTestApi({ containers: { list: async () => ({ containers: [running] }) } })
    const [row] = (await api.json('GET', '/containers/json')) as [Shape]
    expect(row).toEqual({
      Id: containerId,
      Names: ['/quiet_whale'],
      Image: 'busybox',
      ImageID: running.image.id,
      Command: "sh -c 'echo hello world'",
      Created: 1_767_323_045,
      Ports: [
        { PrivatePort: 53, Type: 'udp' },
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '127.0.0.1', PrivatePort: 443, PublicPort: 8443, Type: 'tcp' },
      ],
      Labels: { 'com.docker.compose.project': 'p' },
      State: 'running',
      Status: 'Up 2 minutes (healthy)',
      HostConfig: { NetworkMode: 'net' },
      NetworkSettings: { Networks: { net: expect.objectContaining({ NetworkID: 'n1', DNSNames: null }) as unknown } },
      Mounts: [],
    })
  })

  it('passes filters in both spellings on, and takes limit=0 for none', async () => {
    api = await startTestApi({ containers: { list: async () => ({ containers: [] }) } })
    const filters = encodeURIComponent('{"label":{"a=1":true},"status":["exited"],"exited":["7"],"publish":["80-81"]}')
    await api.json('GET', `/containers/json?limit=0&filters=${filters}`)
    expect(api.calls.at(-1)?.request).toEqual({
      all: true,
      size: false,
      filter: { labels: ['a=1'], statuses: ['exited'], exitCodes: [7], publish: ['80/tcp', '81/tcp'] },
    })
  })

  it.each([
    ['{"lable":["x"]}', "invalid filter 'lable'"],
    ['{"status":["died"]}', "invalid filter 'status=died'"],
    ['{"exited":["x"]}', "invalid filter 'exited=x'"],
    ['{', 'invalid filter'],
  ])('refuses the filters %s', async (filters, message) => {
    api = await startTestApi()
    const reply = await api.call('GET', `/containers/json?filters=${encodeURIComponent(filters)}`)
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(message)
  })
})

describe('logs', () => {
  const line = (text: string, over = {}) => ({
    stream: 'stdout' as const,
    time: '2026-01-01T00:00:00.5Z',
    line: bytes(text),
    ...over,
  })

  it('are framed, with times and attributes where asked for, and pieces of a line joined', async () => {
    api = await startTestApi({
      containers: {
        inspect: async () =>
          sampleContainer({
            spec: { image: 'x', logOptions: { labels: 'a,none', env: 'PATH' } },
            process: { ...sampleContainer().process, labels: { a: 'b c' } },
          }),
        logs: () =>
          streamOf(
            line('one', { stream: 'stderr' }),
            line('lo', { partial: { id: 'p', ordinal: 1, last: false } }),
            line('ng', { partial: { id: 'p', ordinal: 2, last: true } }),
          ),
      },
    })
    const { text, headers } = await api.call('GET', '/containers/x/logs?stdout=1&stderr=1&timestamps=1&details=1')
    expect(headers['content-type']).toBe('application/vnd.docker.multiplexed-stream')
    const prefix = '2026-01-01T00:00:00.500000000Z PATH=%2Fbin,a=b+c '
    const size = (extra: number) => String.fromCharCode(prefix.length + extra)
    const frames = [
      `\x02\0\0\0\0\0\0${size(4)}${prefix}one\n`,
      `\x01\0\0\0\0\0\0${size(2)}${prefix}lo`,
      '\x01\0\0\0\0\0\0\x03ng\n',
    ]
    expect(text).toBe(frames.join(''))
  })

  it('pass since, until, tail and follow on', async () => {
    api = await startTestApi({ containers: { inspect: async () => running, logs: () => streamOf() } })
    await api.call('GET', '/containers/x/logs?stdout=1&since=1.5&until=0&tail=all')
    expect(api.calls.at(-1)?.request).toEqual({
      ref: 'x',
      stdout: true,
      stderr: false,
      since: '1970-01-01T00:00:01.5Z',
    })
    await api.call('GET', '/containers/x/logs?stderr=1&until=2&tail=0&follow=1')
    expect(api.calls.at(-1)?.request).toEqual({
      ref: 'x',
      stdout: false,
      stderr: true,
      follow: true,
      tail: 0,
      until: '1970-01-01T00:00:02Z',
    })
  })

  it('are refused without a stream, or with an ordinary error when they cannot be read', async () => {
    api = await startTestApi({
      containers: {
        inspect: async () => running,
        // oxlint-disable-next-line require-yield
        logs: async function* () {
          throw codedError('LOG_NOT_READABLE', 'configured logging driver does not support reading')
        },
      },
    })
    expect(await api.call('GET', '/containers/x/logs')).toMatchObject({
      status: 400,
      text: '{"message":"Bad parameters: you must choose at least one stream"}\n',
    })
    const reply = await api.call('GET', '/containers/x/logs?stdout=1')
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(reply.text).toContain('configured logging driver does not support reading')
  })
})

describe('stats', () => {
  const task: TaskStats = {
    readAt: '2026-01-01T00:00:01Z',
    cpu: { totalNs: 5, userNs: 3, systemNs: 2, perCpuNs: [4, 1] },
    memory: { usage: 10, limit: 1e20, stats: { inactive_file: 4 } },
    pids: { current: 2 },
    blockIo: [{ major: 8, minor: 0, operation: 'Read', bytes: 4096 }],
  }

  it('compare with the reading before, and tell limits as the host has them', async () => {
    api = await startTestApi({
      containers: {
        stats: () =>
          streamOf({
            id: containerId,
            name: 'n',
            task,
            previous: { ...task, readAt: '2026-01-01T00:00:00Z' },
            systemCpuNs: 100,
            previousSystemCpuNs: 50,
            onlineCpus: 2,
            hostMemoryBytes: 1000,
            networks: {
              eth0: {
                rxBytes: 1,
                rxPackets: 2,
                rxErrors: 0,
                rxDropped: 0,
                txBytes: 3,
                txPackets: 4,
                txErrors: 0,
                txDropped: 0,
              },
            },
          }),
      },
    })
    expect(await api.json('GET', '/containers/x/stats?stream=0')).toMatchObject({
      id: containerId,
      name: '/n',
      read: '2026-01-01T00:00:01Z',
      preread: '2026-01-01T00:00:00Z',
      cpu_stats: { cpu_usage: { total_usage: 5, percpu_usage: [4, 1] }, system_cpu_usage: 100, online_cpus: 2 },
      precpu_stats: { system_cpu_usage: 50 },
      memory_stats: { usage: 10, limit: 1000, stats: { inactive_file: 4 } },
      pids_stats: { current: 2 },
      blkio_stats: { io_service_bytes_recursive: [{ major: 8, minor: 0, op: 'Read', value: 4096 }] },
      networks: { eth0: { rx_bytes: 1, tx_packets: 4 } },
    })
  })

  it('of a container that is down are the zero reading', async () => {
    api = await startTestApi({
      containers: { stats: () => streamOf({ id: containerId, name: 'n', onlineCpus: 2, hostMemoryBytes: 1000 }) },
    })
    expect(await api.json('GET', '/containers/x/stats?stream=0')).toMatchObject({
      read: '0001-01-01T00:00:00Z',
      memory_stats: {},
      pids_stats: {},
      cpu_stats: { cpu_usage: { total_usage: 0 } },
    })
  })
})

describe('other operations on a container', () => {
  it.each([
    ['h=0&w=0', 200],
    ['h=65535&w=1', 200],
    ['h=65536&w=1', 400],
    ['h=-1&w=1', 400],
    ['h=1', 400],
    ['h=1.5&w=2', 400],
  ])('resize with %s answers %i', async (query, status) => {
    api = await startTestApi({ containers: { resize: async () => ({}) } })
    expect((await api.call('POST', `/containers/x/resize?${query}`)).status).toBe(status)
  })

  it('update lifts and keeps limits as asked, and refuses what cannot change', async () => {
    api = await startTestApi({ containers: { update: async () => ({ warnings: [] }) } })
    const body = { Memory: 16_777_216, PidsLimit: 0, RestartPolicy: { Name: 'always' } }
    expect(await api.json('POST', '/containers/x/update', body)).toEqual({ Warnings: null })
    expect(api.calls.at(-1)?.request).toEqual({
      ref: 'x',
      resources: { memoryBytes: 16_777_216, pidsLimit: -1 },
      restart: { name: 'always' },
    })
    expect((await api.call('POST', '/containers/x/update', { Ulimits: [{ Name: 'nofile' }] })).status).toBe(501)
  })

  it('changes are numbers, or null for none', async () => {
    api = await startTestApi({
      containers: {
        changes: ({ ref }) =>
          ref === 'none'
            ? streamOf()
            : streamOf({ path: '/a', kind: 'added' as const }, { path: '/b', kind: 'deleted' as const }),
      },
    })
    expect(await api.json('GET', '/containers/x/changes')).toEqual([
      { Path: '/a', Kind: 1 },
      { Path: '/b', Kind: 2 },
    ])
    expect(await api.json('GET', '/containers/none/changes')).toBeNull()
  })

  it('prune takes its filters and tells the space', async () => {
    api = await startTestApi({
      containers: { prune: async () => ({ removed: [], spaceReclaimed: '9007199254740993' }) },
    })
    const filters = encodeURIComponent('{"until":["2026-01-01T00:00:00Z"],"label!":["keep"]}')
    const { text } = await api.call('POST', `/containers/prune?filters=${filters}`)
    expect(text).toBe('{"ContainersDeleted":[],"SpaceReclaimed":9007199254740993}\n')
    expect(api.calls.at(-1)?.request).toEqual({ createdBefore: '2026-01-01T00:00:00Z', notLabels: ['keep'] })
    expect((await api.call('POST', '/containers/prune?filters={"name":["x"]}')).status).toBe(400)
  })

  it('a start with a body from long ago is refused', async () => {
    api = await startTestApi({ containers: { start: async () => ({ changed: true }) } })
    expect((await api.call('POST', '/containers/x/start', { Binds: ['/a:/b'] })).status).toBe(400)
    expect((await api.call('POST', '/containers/x/start', '{}')).status).toBe(204)
  })
})
