import type { ContainerSpec } from '@moby/contracts'
import { expect, test } from 'vitest'
import { capabilityNames } from '@moby/lib-oci-runtime'
import type { SettledMount } from './mounts.ts'
import { buildProcess } from './process.ts'
import { buildRuntimeConfig } from './runtime-config.ts'

const host = {
  version: 2,
  memory: true,
  swap: true,
  oomKillDisable: false,
  cpuShares: true,
  cpuQuota: true,
  cpuRealtime: false,
  cpuset: true,
  pids: true,
  blkioWeight: true,
  blkioWeightDevice: true,
  blkioReadBps: true,
  blkioWriteBps: true,
  blkioReadIops: true,
  blkioWriteIops: true,
  namespaces: true,
} as const

function configOf(
  spec: Partial<ContainerSpec>,
  mounts: SettledMount[] = [],
  networkNamespace: string | undefined = '/ns',
) {
  const full: ContainerSpec = { image: 'x', ...spec }
  return buildRuntimeConfig({
    spec: full,
    process: buildProcess({
      spec: full,
      args: ['true'],
      env: ['A=1'],
      workingDir: '',
      user: full.user ?? '',
      hostname: 'box',
      terminal: full.terminal ?? false,
      privileged: full.privileged ?? false,
      hostCapabilities: capabilityNames,
      database: { passwd: '', group: '' },
    }),
    hostname: 'box',
    mounts,
    files: { hosts: '/h' },
    shmSizeBytes: 1024,
    hostCgroupns: false,
    cgroupsPath: '/moby-0/x',
    networkNamespace,
    host,
  })
}

test('the default is confined', () => {
  const { process, linux, root } = configOf({})
  expect(process.capabilities.effective).toHaveLength(14)
  expect(process.capabilities).not.toHaveProperty('inheritable')
  expect(process.env).toEqual(expect.arrayContaining(['HOSTNAME=box', 'A=1', 'HOME=/']))
  expect(linux.namespaces.map(({ type }) => type)).toEqual(['mount', 'network', 'pid', 'ipc', 'uts', 'cgroup'])
  expect(linux.maskedPaths).toContain('/proc/kcore')
  expect(linux.seccomp?.defaultAction).toBe('SCMP_ACT_ERRNO')
  expect(linux.resources.devices?.[0]).toEqual({ allow: false, access: 'rwm' })
  expect(root).toEqual({ path: 'rootfs', readonly: false })
})

test('a user other than root holds no capabilities at once', () => {
  expect(configOf({ user: '5' }).process.capabilities).not.toHaveProperty('effective')
})

test('a privileged container is not', () => {
  const { process, linux, mounts } = configOf({ privileged: true })
  expect(process.capabilities.effective).toEqual(capabilityNames)
  expect(linux.maskedPaths).toEqual([])
  expect(linux).not.toHaveProperty('seccomp')
  expect(mounts.find(({ destination }) => destination === '/sys')?.options).toContain('rw')
})

test('shared namespaces are left out or joined', () => {
  const { linux, mounts } = configOf({ pidMode: 'host', ipcMode: 'host', utsMode: 'host', cgroupnsMode: 'host' }, [])
  expect(linux.namespaces.map(({ type }) => type)).toEqual(['mount', 'network'])
  expect(mounts.find(({ destination }) => destination === '/dev/mqueue')?.type).toBe('mqueue')
})

test('mounts of the user come parents first and in the place of defaults', () => {
  const bind = (target: string): SettledMount => ({
    spec: { type: 'bind', source: '/s', target },
    target,
    source: '/s',
  })
  const { mounts } = configOf({}, [bind('/a/b/c'), bind('/a'), bind('/dev/shm'), bind('/etc/hosts')])
  const destinations = mounts.map(({ destination }) => destination)
  expect(destinations.indexOf('/a')).toBeLessThan(destinations.indexOf('/a/b/c'))
  for (const path of ['/dev/shm', '/etc/hosts']) expect(destinations.filter((other) => other === path)).toHaveLength(1)
})

test('who shares the network of another container changes nothing of it', () => {
  const { linux } = configOf({ networkMode: `container:${'a'.repeat(64)}` })
  expect(linux).not.toHaveProperty('sysctl')
})

test('a read-only mount has all below it read-only where that was found possible', () => {
  const spec = { type: 'bind', source: '/s', target: '/t', readOnly: true } as const
  const optionsWith = (isReadOnlyBelow: boolean) =>
    configOf({}, [{ spec, target: '/t', source: '/s', isReadOnlyBelow }]).mounts.find(
      ({ destination }) => destination === '/t',
    )?.options
  expect(optionsWith(true)).toEqual(['rbind', 'ro', 'rro', 'rprivate'])
  expect(optionsWith(false)).toEqual(['rbind', 'ro', 'rprivate'])
})

test('no-new-privileges, ulimits, sysctls and unconfined seccomp are as asked', () => {
  const { process, linux } = configOf({
    securityOptions: ['no-new-privileges:true', 'seccomp=unconfined'],
    ulimits: [{ name: 'nofile', soft: 5, hard: -1 }],
    sysctls: { 'net.core.somaxconn': '9' },
  })
  expect(process.noNewPrivileges).toBe(true)
  expect(process.rlimits).toEqual([{ type: 'RLIMIT_NOFILE', soft: 5, hard: Number.MAX_SAFE_INTEGER }])
  expect(linux.sysctl).toMatchObject({ 'net.core.somaxconn': '9', 'net.ipv4.ip_unprivileged_port_start': '0' })
  expect(linux).not.toHaveProperty('seccomp')
})
