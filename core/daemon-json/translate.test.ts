import { isCodedError, type CodedError } from '@moby/contracts'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../manifest/problems.ts'
import { applyDaemonFile, type ConfiguredComponent } from './apply-daemon-file.ts'
import { parseDaemonFile } from './daemon-file.ts'
import { daemonKeys } from './keys.ts'
import { refuseConflicts } from './refuse-conflicts.ts'
import { renderOutcomes } from './render-outcomes.ts'
import { translate } from './translate.ts'

/** Every key that dockerd 28.5.2 reads: the names in the structures of its package daemon/config, for Linux. */
const keysOfDockerd =
  `allow-direct-routing allow-nondistributable-artifacts api-cors-header authorization-plugins bip bip6
bridge builder cdi-spec-dirs cgroup-parent containerd containerd-namespace containerd-plugin-namespace cpu-rt-period
cpu-rt-runtime cri-containerd data-root debug default-address-pools default-cgroupns-mode default-gateway
default-gateway-v6 default-init default-ipc-mode default-network-opts default-runtime default-shm-size default-ulimits
deprecated-key-path dns dns-opts dns-search exec-opts exec-root experimental features fixed-cidr fixed-cidr-v6 group
host-gateway-ip host-gateway-ips hosts icc init init-path insecure-registries ip ip-forward ip-forward-no-drop ip-masq
ip6tables iptables ipv6 labels live-restore log-driver log-format log-level log-opts max-concurrent-downloads
max-concurrent-uploads max-download-attempts metrics-addr mtu network-control-plane-mtu network-diagnostic-port
no-new-privileges node-generic-resources pidfile proxies raw-logs registry-mirrors resolv-conf rootless runtimes
seccomp-profile selinux-enabled shutdown-timeout storage-driver storage-opts swarm-default-advertise-addr
swarm-raft-election-tick swarm-raft-heartbeat-tick tls tlscacert tlscert tlskey tlsverify userland-proxy
userland-proxy-path userns-remap`.split(/\s+/)

const of = (values: unknown) => parseDaemonFile('daemon.json', JSON.stringify(values, undefined, 2))

function refusal(work: () => unknown): readonly CodedError[] {
  try {
    work()
  } catch (error) {
    if (isCodedError(error)) return problemsOf(error)
    throw error
  }
  throw new Error('nothing was refused')
}

const codes = (values: unknown) => refusal(() => translate(of(values))).map(({ code }) => code)
const fate = (values: Record<string, unknown>) => translate(of(values)).outcomes.map(({ outcome }) => outcome.fate)

describe('a daemon.json', () => {
  it('has an answer for each key of dockerd, and knows no others but the flat proxies', () => {
    const own = Object.keys(daemonKeys).filter((name) => !keysOfDockerd.includes(name))
    expect(keysOfDockerd.filter((name) => !Object.hasOwn(daemonKeys, name))).toEqual([])
    expect(own.toSorted()).toEqual(['http-proxy', 'https-proxy', 'no-proxy'])
  })

  it('is JSON: what is not is told with its place, and an empty one sets nothing', () => {
    const [broken] = refusal(() => parseDaemonFile('daemon.json', '{\n  "debug": true,\n}\n'))
    expect(broken).toMatchObject({ code: 'DOCUMENT_SYNTAX', span: { line: 3, column: 1 } })
    expect(refusal(() => parseDaemonFile('daemon.json', 'debug: true'))[0]?.code).toBe('DOCUMENT_SYNTAX')
    expect(refusal(() => parseDaemonFile('daemon.json', '[]'))[0]?.code).toBe('DOCUMENT_TYPE')
    expect(refusal(() => parseDaemonFile('daemon.json', '{"mtu":1400,"mtu":1500}'))[0]?.code).toBe(
      'DOCUMENT_KEY_DUPLICATE',
    )
    expect(translate(parseDaemonFile('daemon.json', ' \n')).outcomes).toEqual([])
    expect(translate(parseDaemonFile('daemon.json', '{\n\t"debug":\ttrue\n}')).engine).toEqual({ logLevel: 'debug' })
  })

  it('tells every unknown key at once, and what was meant', () => {
    const problems = refusal(() => translate(of({ 'log-drivers': 'local', debug: 'yes', nonsense: 1 })))
    expect(problems.map(({ code, hint }) => ({ code, hint }))).toEqual([
      { code: 'DAEMON_KEY_UNKNOWN', hint: 'did you mean log-driver?' },
      { code: 'DAEMON_KEY_VALUE', hint: expect.stringContaining('true or false') as string },
      { code: 'DAEMON_KEY_UNKNOWN', hint: 'remove it; dockerd would not start with it either' },
    ])
    expect(problems.map(({ span }) => span?.line)).toEqual([2, 3, 4])
    expect(refusal(() => translate(of({ mtu: 12 })))[0]?.message).toBe('Mtu must be >= 68')
  })

  it.each([
    [{ 'userns-remap': 'default' }],
    [{ 'storage-driver': 'btrfs' }],
    [{ 'exec-opts': ['native.cgroupdriver=systemd'] }],
    [{ 'insecure-registries': ['10.0.0.0/8'] }],
    [{ ip6tables: false }],
    [{ bridge: 'br0' }],
    [{ tls: true }],
    [{ hosts: ['tcp://0.0.0.0:2375'], tls: false }],
    [{ 'selinux-enabled': true }],
    [{ 'default-gateway': '10.0.0.1', bip: '10.0.0.2/24' }],
  ])('refuses %j, which cannot be left out silently', (values) => {
    expect(codes(values)).toEqual(['DAEMON_KEY_REFUSED'])
  })

  it.each([
    [{ bip: '10.0.0.1' }],
    [{ bip: '10.0.0.1/33' }],
    [{ 'fixed-cidr': 'fd00::/64' }],
    [{ dns: ['resolver'] }],
    [{ 'default-shm-size': '64 apples' }],
    [{ 'registry-mirrors': ['https://mirror/path'] }],
    [{ 'insecure-registries': ['http://lab:5000'] }],
    [{ labels: ['zone'] }],
    [{ 'log-level': 'loud' }],
    [{ 'data-root': 'srv' }],
    [{ 'default-ulimits': { nofile: { Name: 'nofile', Soft: 9, Hard: 1 } } }],
    [{ runtimes: { own: { path: '/x', runtimeType: 'io.containerd.x.v2' } } }],
    [{ tlsverify: true, tlscert: '/c', tlskey: '/k' }],
    [{ 'http-proxy': 'http://proxy' }],
    [{ mtu: 12 }],
  ])('refuses %j, which cannot be', (values) => {
    expect(codes(values)).toEqual(['DAEMON_KEY_VALUE'])
  })

  it('tells what holds anyway from what does nothing', () => {
    expect(fate({ 'live-restore': true, 'userland-proxy': false, iptables: true, tls: false })).toEqual(
      Array.from({ length: 4 }, () => 'holds'),
    )
    expect(fate({ 'swarm-raft-election-tick': 3, containerd: '/run/c.sock', 'max-download-attempts': 3 })).toEqual(
      Array.from({ length: 3 }, () => 'ignored'),
    )
  })

  it('takes debug before a level', () => {
    expect(translate(of({ debug: true, 'log-level': 'warn' })).engine).toEqual({ logLevel: 'debug' })
    expect(translate(of({ debug: false, 'log-level': 'fatal' })).engine).toEqual({ logLevel: 'error' })
    expect(translate(of({ 'live-restore': false, 'log-format': 'text' })).engine).toEqual({
      stopContainers: true,
      logFormat: 'text',
    })
  })
})

describe('what a daemon.json sets', () => {
  const engineSchema = {
    type: 'object',
    additionalProperties: false,
    properties: {
      logDriver: { type: 'string' },
      shmSizeBytes: { type: 'integer' },
      bridge: { type: 'object', properties: { subnet: { type: 'string' }, gateway: { type: 'string' } } },
    },
  }
  const components = (): ConfiguredComponent[] => [
    {
      name: 'engine',
      provides: [{ contract: 'engine.containers', version: '0.1.0' }],
      schema: engineSchema,
      config: { logDriver: 'json-file', bridge: {} },
    },
    {
      name: 'runtime-runc',
      provides: [{ contract: 'runtime', version: '0.1.0', driver: 'runc' }],
      schema: { type: 'object', properties: { binary: { type: 'string' }, args: { type: 'array' } } },
      config: { binary: 'runc' },
    },
  ]
  const configsOf = (values: unknown) => {
    const all = components()
    applyDaemonFile(translate(of(values)), all)
    return Object.fromEntries(all.map(({ name, config }) => [name, config]))
  }

  it('stands in the configuration of the component that takes it, at any depth', () => {
    expect(
      configsOf({
        'log-driver': 'local',
        bip: '192.168.7.5/22',
        'default-shm-size': '1.5g',
        runtimes: { runc: { path: '/opt/runc', runtimeArgs: ['--debug'] } },
      }),
    ).toEqual({
      engine: {
        logDriver: 'local',
        shmSizeBytes: 1_610_612_736,
        bridge: { subnet: '192.168.4.0/22', gateway: '192.168.7.5' },
      },
      'runtime-runc': { binary: '/opt/runc', args: ['--debug'] },
    })
  })

  it('is refused when nobody takes it, with the way to have somebody who does', () => {
    const [problem] = refusal(() => configsOf({ runtimes: { kata: { runtimeType: 'io.containerd.kata.v2' } } }))
    expect(problem).toMatchObject({
      code: 'DAEMON_KEY_UNTAKEN',
      hint: 'add it to the manifest: runtime-kata: { use: moby/runtime-shim, driver: kata }',
      span: { line: 2 },
    })
  })

  it('is told with what it replaces', () => {
    const translation = translate(of({ 'log-driver': 'local', 'userland-proxy': true }))
    const applied = applyDaemonFile(translation, components())
    expect(renderOutcomes({ ...translation, applied })).toBe(
      [
        'log-driver      engine: logDriver "local" (in place of "json-file")',
        'userland-proxy  holds: ports are published by rules of the kernel',
        '',
      ].join('\n'),
    )
  })

  it('may not stand on the command line too, and what was given is told', () => {
    const file = of({ 'data-root': '/srv/a', debug: true })
    const flags = (given: string | undefined) => [
      { option: 'data-root', keys: ['data-root'], given },
      { option: 'log-level', keys: ['log-level', 'debug'], given: undefined },
    ]
    expect(() => refuseConflicts(file, flags(undefined))).not.toThrow()
    expect(refusal(() => refuseConflicts(file, flags('/srv/b')))[0]).toMatchObject({
      code: 'DAEMON_KEY_CONFLICT',
      message: expect.stringContaining('data-root: (from flag: /srv/b, from file: "/srv/a")') as string,
    })
  })
})
