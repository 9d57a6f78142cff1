import { ContainerSpec } from '@moby/contracts'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { adjustCreate } from '../compat/requests.ts'
import { CreateContainer } from '../schemas/create-container.ts'
import { parseJson } from '../wire/parse-json.ts'
import { toContainerSpec } from './container-spec.ts'

const check = Compile(ContainerSpec)

function translate(body: Record<string, unknown>, version = 51) {
  const given = CreateContainer(parseJson(JSON.stringify(body)), '')
  if (given === undefined) throw new Error('no body')
  const adjusted = adjustCreate(version, given, { cgroupVersion: 1 })
  const spec = toContainerSpec(adjusted)
  expect(check.Errors(spec)).toEqual([])
  return { spec, warnings: adjusted.warnings }
}

describe("Docker's request for a container", () => {
  it('of the docker CLI with many options becomes a specification of the engine', () => {
    const { spec } = translate({
      Hostname: 'named',
      User: '1000:1000',
      AttachStdout: true,
      Tty: true,
      OpenStdin: true,
      Env: ['A=b'],
      Cmd: ['echo', 'hi'],
      Entrypoint: ['sh', '-c'],
      Image: 'busybox',
      Volumes: { '/anon': {} },
      WorkingDir: '/tmp/./x',
      ExposedPorts: { '80/tcp': {} },
      Labels: { a: 'b' },
      StopSignal: 'SIGINT',
      StopTimeout: 0,
      Healthcheck: { Test: ['CMD', 'true'], Interval: 2_000_000_000, Retries: 2 },
      HostConfig: {
        Binds: ['/host:/in:ro', 'vol:/data'],
        Tmpfs: { '/run': 'size=64m' },
        Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1024, Mode: 0o1777 } }],
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
        NetworkMode: 'default',
        PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
        CapAdd: ['NET_ADMIN'],
        CapDrop: 'ALL',
        Dns: ['1.1.1.1'],
        ExtraHosts: ['h:1.2.3.4'],
        SecurityOpt: ['no-new-privileges'],
        Memory: 67_108_864,
        NanoCpus: 500_000_000,
        PidsLimit: 50,
        Ulimits: [{ Name: 'nofile', Soft: 123, Hard: -1 }],
        Sysctls: { 'net.ipv4.ip_forward': '1' },
        Devices: [{ PathOnHost: '/dev/null' }],
        ConsoleSize: [33, 101],
        ReadonlyRootfs: true,
        ShmSize: 1024,
        Init: true,
        Runtime: 'crun',
      },
      NetworkingConfig: { EndpointsConfig: { default: { Aliases: ['x'], IPAMConfig: null } } },
    })
    expect(spec).toEqual({
      image: 'busybox',
      entrypoint: ['sh', '-c'],
      command: ['echo', 'hi'],
      env: ['A=b'],
      workingDir: '/tmp/x',
      user: '1000:1000',
      terminal: true,
      openStdin: true,
      hostname: 'named',
      labels: { a: 'b' },
      healthcheck: { test: ['CMD', 'true'], intervalNs: 2_000_000_000, retries: 2 },
      exposedPorts: ['80/tcp'],
      networkMode: 'bridge',
      endpoints: [{ network: 'bridge', aliases: ['x'] }],
      ports: [{ protocol: 'tcp', containerPort: 80, hostPort: 8080 }],
      dns: ['1.1.1.1'],
      extraHosts: ['h:1.2.3.4'],
      resources: {
        memoryBytes: 67_108_864,
        memorySwapBytes: 134_217_728,
        nanoCpus: 500_000_000,
        pidsLimit: 50,
      },
      capAdd: ['NET_ADMIN'],
      capDrop: ['ALL'],
      securityOptions: ['no-new-privileges'],
      readOnlyRoot: true,
      ulimits: [{ name: 'nofile', soft: 123, hard: -1 }],
      sysctls: { 'net.ipv4.ip_forward': '1' },
      shmSizeBytes: 1024,
      devices: [{ pathOnHost: '/dev/null', pathInContainer: '/dev/null', permissions: 'rwm' }],
      stopSignal: 'SIGINT',
      stopTimeout: 0,
      consoleSize: { height: 33, width: 101 },
      init: true,
      logDriver: 'json-file',
      logOptions: { 'max-size': '1m' },
      restart: { name: 'on-failure', maximumRetries: 3 },
      runtime: 'crun',
      mounts: [
        { type: 'bind', source: '/host', target: '/in', readOnly: true, createSource: true },
        { type: 'volume', source: 'vol', target: '/data' },
        { type: 'tmpfs', target: '/t', tmpfsSizeBytes: 1024, tmpfsMode: 0o1777 },
        { type: 'tmpfs', target: '/run', tmpfsOptions: 'size=64m' },
      ],
      volumes: ['/anon'],
    })
  })

  it('tells an empty entrypoint from none', () => {
    expect(translate({ Image: 'x', Entrypoint: null }).spec).not.toHaveProperty('entrypoint')
    expect(translate({ Image: 'x', Entrypoint: [] }).spec.entrypoint).toEqual([])
    expect(translate({ Image: 'x', Entrypoint: [''] }).spec.entrypoint).toEqual([''])
  })

  it.each([
    [{ KernelMemoryTCP: 1 }, 'HostConfig.KernelMemoryTCP is not supported'],
    [{ Cgroup: 'container:x' }, 'HostConfig.Cgroup is not supported'],
    [{ Isolation: 'hyperv' }, "invalid isolation (hyperv): linux only supports 'default'"],
    [{ CpuPercent: 50 }, 'CpuPercent is not supported on linux'],
    [{ CpuCount: 2 }, 'CpuCount is not supported on linux'],
    [{ IOMaximumIOps: 1 }, 'QoS maximum IOPs configuration is not supported on linux'],
    [{ Mounts: [{ Type: 'image', Target: '/x' }] }, 'invalid mount config for type "image": field Source must'],
    [
      { Mounts: [{ Type: 'bind', Source: '/x', Target: '/x', BindOptions: { ReadOnlyForceRecursive: true } }] },
      'mount options conflict: !ReadOnly && BindOptions.ReadOnlyForceRecursive',
    ],
    [{ Mounts: [{ Type: 'bind', Target: '/x' }] }, 'field Source must not be empty'],
    [{ Mounts: [{ Type: 'odd', Target: '/x' }] }, 'mount type unknown'],
    [
      { Mounts: [{ Type: 'volume', Target: '/x', BindOptions: {} }] },
      'BindOptions must not be specified on mount type',
    ],
    [{ Memory: 1024 }, 'Minimum memory limit allowed is 6MB'],
    [{ Memory: 8_388_608, MemorySwap: 7_000_000 }, 'Minimum memoryswap limit should be larger than memory limit'],
    [{ MemorySwap: 8_388_608 }, 'You should always set the Memory limit when using Memoryswap limit'],
    [{ MemorySwappiness: 101 }, 'valid memory swappiness range is 0-100'],
    [{ NanoCpus: 1, CpuQuota: 1000 }, 'Nano CPUs and CPU Quota cannot both be set'],
    [{ NanoCpus: 1e15 }, 'range of CPUs is from 0.01 to'],
    [{ CpuPeriod: 1 }, 'CPU cfs period can not be less than 1ms'],
    [{ RestartPolicy: { Name: 'sometimes' } }, "invalid restart policy: unknown policy 'sometimes'"],
    [{ RestartPolicy: { Name: 'always', MaximumRetryCount: 1 } }, "can only be used with 'on-failure'"],
    [{ Links: ['a:b'], NetworkMode: 'host' }, "host type networking can't be used with links"],
  ])('is refused by name, never passed over: %j', (hostConfig, message) => {
    expect(() => translate({ Image: 'x', HostConfig: hostConfig })).toThrow(message)
  })

  it('takes limits of block devices, requests for devices, parts of volumes and images', () => {
    const limit = [{ Path: '/dev/sda', Rate: 7 }]
    const { spec } = translate({
      Image: 'x',
      HostConfig: {
        BlkioWeightDevice: [{ Path: '/dev/sda', Weight: 10 }],
        BlkioDeviceReadBps: limit,
        BlkioDeviceWriteBps: limit,
        BlkioDeviceReadIOps: limit,
        BlkioDeviceWriteIOps: limit,
        DeviceRequests: [
          { Driver: 'cdi', DeviceIDs: ['v.com/c=n'] },
          { Count: -1, Capabilities: [['gpu']], Options: { a: 'b' } },
        ],
        Mounts: [
          { Type: 'volume', Source: 'v', Target: '/v', VolumeOptions: { Subpath: 'a/b' } },
          { Type: 'image', Source: 'i:1', Target: '/i', ImageOptions: { Subpath: 'c' } },
        ],
      },
    })
    const rate = [{ path: '/dev/sda', rate: 7 }]
    expect(spec.resources).toEqual({
      blkioWeightDevices: [{ path: '/dev/sda', weight: 10 }],
      blkioReadBps: rate,
      blkioWriteBps: rate,
      blkioReadIops: rate,
      blkioWriteIops: rate,
    })
    expect(spec.deviceRequests).toEqual([
      { driver: 'cdi', count: 0, deviceIds: ['v.com/c=n'], capabilities: [], options: {} },
      { driver: '', count: -1, deviceIds: [], capabilities: [['gpu']], options: { a: 'b' } },
    ])
    expect(spec.mounts).toEqual([
      { type: 'volume', source: 'v', target: '/v', subPath: 'a/b' },
      { type: 'image', source: 'i:1', target: '/i', readOnly: true, subPath: 'c' },
    ])
  })

  it('passes values that are at their default', () => {
    const hostConfig = {
      BlkioWeightDevice: [],
      DeviceRequests: null,
      KernelMemory: 0,
      CpuCount: 0,
      Isolation: 'default',
      Cgroup: '',
      MemorySwappiness: -1,
      PidsLimit: 0,
      Links: null,
    }
    expect(translate({ Image: 'x', HostConfig: hostConfig }).spec).toEqual({
      image: 'x',
      networkMode: 'bridge',
      resources: {},
    })
  })

  it('may link containers on its first network', () => {
    const { spec } = translate({ Image: 'x', HostConfig: { Links: ['db:db'] } })
    expect(spec.endpoints).toEqual([{ network: 'bridge', links: ['db:db'] }])
  })

  it('always makes a specification that the contract takes, or fails with a coded error', () => {
    const word = fc.string({ maxLength: 8 })
    const number = fc.integer()
    const body = fc.record(
      {
        Image: word,
        Cmd: fc.oneof(word, fc.array(word)),
        WorkingDir: word,
        ExposedPorts: fc.dictionary(word, fc.constant({})),
        HostConfig: fc.record(
          {
            Binds: fc.array(word, { maxLength: 2 }),
            Memory: number,
            CpuQuota: number,
            PidsLimit: number,
            NetworkMode: word,
            PortBindings: fc.dictionary(word, fc.array(fc.record({ HostIp: word, HostPort: word }))),
            Tmpfs: fc.dictionary(word, word),
            ShmSize: number,
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['Image'] },
    )
    fc.assert(
      fc.property(body, fc.integer({ min: 24, max: 51 }), (given, version) => {
        try {
          translate(given, version)
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^API_/) as string })
        }
      }),
    )
  })
})

describe('requests of older versions', () => {
  it('move the MAC address of a container to its endpoint, from 1.44 on with a warning', () => {
    const body = { Image: 'x', MacAddress: '02:42:AC:11:00:02' }
    expect(translate(body, 43)).toMatchObject({
      spec: { endpoints: [{ network: 'bridge', macAddress: '02:42:ac:11:00:02' }] },
      warnings: [],
    })
    expect(translate(body, 44).warnings[0]).toContain('container-wide MacAddress field is now deprecated')
    expect(() => translate({ ...body, HostConfig: { NetworkMode: 'host' } }, 43)).toThrow('mac-address')
  })

  it('lose what their version did not have', () => {
    const host = { ConsoleSize: [1, 2], Annotations: { a: 'b' }, AutoRemove: true }
    expect(translate({ Image: 'x', HostConfig: host }, 24).spec).toEqual({
      image: 'x',
      networkMode: 'bridge',
      resources: {},
      ipcMode: 'shareable',
      cgroupnsMode: 'host',
    })
    expect(translate({ Image: 'x', HostConfig: host }).spec).toMatchObject({
      consoleSize: { height: 1, width: 2 },
      annotations: { a: 'b' },
      autoRemove: true,
    })
  })

  it('may name one network until 1.43', () => {
    const body = { Image: 'x', NetworkingConfig: { EndpointsConfig: { a: {}, b: null } } }
    expect(() => translate(body, 43)).toThrow('Container cannot be created with multiple network endpoints: a, b')
    expect(translate(body, 44).spec.endpoints).toEqual([{ network: 'a' }, { network: 'b' }])
  })

  it('move the sysctls of eth0 to the endpoint until 1.47', () => {
    const body = { Image: 'x', HostConfig: { Sysctls: { 'net.ipv4.conf.eth0.forwarding': '1', 'kernel.msgmax': '2' } } }
    const { spec, warnings } = translate(body, 47)
    expect(spec.sysctls).toEqual({ 'kernel.msgmax': '2' })
    expect(spec.endpoints?.[0]?.driverOptions).toEqual({
      'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.forwarding=1',
    })
    expect(warnings[0]).toContain('Migrated sysctl')
    expect(() => translate(body, 48)).toThrow('must be supplied using driver option')
  })
})
