import type { Script } from '../script.ts'
import { clear, make } from './scenery.ts'

/** One option or a few of `docker create`, to see how each is kept and told. */
const options: Readonly<Record<string, Record<string, unknown>>> = {
  limits: {
    HostConfig: { Memory: 67_108_864, NanoCpus: 500_000_000, PidsLimit: 50, CpuShares: 512, OomScoreAdj: 100 },
  },
  'memory and swap': { HostConfig: { Memory: 67_108_864, MemorySwap: -1, MemoryReservation: 33_554_432 } },
  privileged: { HostConfig: { Privileged: true } },
  'host namespaces': { HostConfig: { NetworkMode: 'host', PidMode: 'host', IpcMode: 'host', UTSMode: 'host' } },
  'no network': { HostConfig: { NetworkMode: 'none' } },
  capabilities: { HostConfig: { CapAdd: ['net_admin', 'CAP_SYS_TIME'], CapDrop: ['all'] } },
  security: { HostConfig: { SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'], ReadonlyRootfs: true } },
  mounts: {
    HostConfig: {
      Binds: ['/tmp:/binds:ro', 'named:/named'],
      Mounts: [
        { Type: 'tmpfs', Target: '/tmpfs', TmpfsOptions: { SizeBytes: 1_048_576 } },
        { Type: 'volume', Target: '/anonymous' },
      ],
      Tmpfs: { '/scratch': 'size=1m' },
    },
    Volumes: { '/declared': {} },
  },
  names: {
    Hostname: 'named',
    Domainname: 'example.org',
    HostConfig: { Dns: ['9.9.9.9'], DnsSearch: ['example.org'], DnsOptions: ['ndots:2'], ExtraHosts: ['far:10.1.2.3'] },
  },
  process: {
    User: '1000:1000',
    WorkingDir: '/work',
    Env: ['A=b', 'EMPTY'],
    Entrypoint: ['sh'],
    Cmd: ['-c', 'true'],
    Tty: true,
    OpenStdin: true,
    StdinOnce: true,
    StopSignal: 'SIGINT',
    StopTimeout: 5,
    HostConfig: { GroupAdd: ['20'] },
  },
  ulimits: {
    HostConfig: { Ulimits: [{ Name: 'nofile', Soft: 10, Hard: 20 }], Sysctls: { 'net.ipv4.ip_forward': '1' } },
  },
  devices: {
    HostConfig: {
      Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' }],
      DeviceCgroupRules: ['c 1:3 rwm'],
      ShmSize: 1_048_576,
    },
  },
  restart: { HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } } },
  log: { HostConfig: { LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } } } },
  removal: { HostConfig: { AutoRemove: true } },
  ports: {
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { PublishAllPorts: true, PortBindings: { '81/tcp': [{ HostPort: '' }, { HostPort: '8081' }] } },
  },
  health: { Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 1e9, Timeout: 2e9, StartPeriod: 3e9, Retries: 4 } },
  annotations: { HostConfig: { Annotations: { note: 'x' } }, Labels: { a: 'b' } },
  'user network': {
    HostConfig: { NetworkMode: 'options' },
    NetworkingConfig: {
      EndpointsConfig: { options: { Aliases: ['other'], IPAMConfig: { IPv4Address: '10.96.0.9' } } },
    },
  },
}

export const hostConfig: Script = {
  name: 'host-config',
  recorded: true,
  async run(subject, note) {
    await subject.api('POST', '/networks/create', { Name: 'options', IPAM: { Config: [{ Subnet: '10.96.0.0/24' }] } })
    for (const [name, body] of Object.entries(options)) {
      await make(subject, 'options', body)
      const { Config, HostConfig, Mounts, NetworkSettings, Path, Args } = (
        await subject.api('GET', '/containers/options/json')
      ).body as Record<string, unknown>
      const sorted = (Mounts as { Destination: string }[]).toSorted((a, b) => (a.Destination < b.Destination ? -1 : 1))
      note(name, { Config, HostConfig, Mounts: sorted, NetworkSettings, Path, Args })
      await clear(subject, 'options')
    }
    await subject.api('DELETE', '/networks/options')
    await subject.api('DELETE', '/volumes/named')
  },
}
