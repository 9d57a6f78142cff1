import { describe, expect, test } from 'vitest'
import { validateRuntimeConfig } from './runtime-config.ts'

const valid = { ociVersion: '1.0.2', root: { path: 'rootfs' } }
const process = (value: object) => ({ ...valid, process: { cwd: '/', ...value } })
const resources = (value: object) => ({ ...valid, linux: { resources: value } })

describe('a runtime configuration', () => {
  test.each([
    ['a root alone', valid],
    ['what a start needs', process({ args: ['sh'], user: { uid: 0, gid: 0 } })],
    ['unlimited resources', process({ rlimits: [{ type: 'RLIMIT_CORE', soft: 0, hard: 2n ** 64n - 1n }] })],
    ['network devices', { ...valid, linux: { netDevices: { eth0: { name: 'container_eth0' }, ens4: {} } } }],
    ['remote memory access', resources({ rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10_000 } } })],
    [
      'no limit at all',
      resources({ memory: { limit: -1, swap: -1 }, pids: { limit: -1 }, unified: { 'cpu.max': 'max' } }),
    ],
    [
      'joined namespaces',
      { ...valid, linux: { namespaces: [{ type: 'network', path: '/run/netns/a' }, { type: 'pid' }] } },
    ],
    [
      'a filter with all 64 bits of an argument',
      {
        ...valid,
        linux: {
          seccomp: {
            defaultAction: 'SCMP_ACT_ERRNO',
            architectures: ['SCMP_ARCH_X86_64'],
            syscalls: [
              {
                names: ['personality'],
                action: 'SCMP_ACT_ALLOW',
                args: [{ index: 0, value: 0xffff_ffff_ffff_ffffn, op: 'SCMP_CMP_EQ' }],
              },
            ],
          },
        },
      },
    ],
  ])('passes with %s', (_, value) => {
    expect(validateRuntimeConfig(value)).toEqual({ ok: true, value })
  })

  test.each([
    ['no version', { root: { path: 'rootfs' } }, ''],
    ['a root without path', { ...valid, root: {} }, '/root'],
    ['a process without working directory', { ...valid, process: { args: ['sh'] } }, '/process'],
    [
      'a page size in small letters',
      resources({ hugepageLimits: [{ limit: 1, pageSize: '64kB' }] }),
      '/linux/resources/hugepageLimits/0/pageSize',
    ],
    [
      'a device name that is a number',
      { ...valid, linux: { netDevices: { eth0: { name: 23 } } } },
      '/linux/netDevices/eth0/name',
    ],
    ['handles as text', resources({ rdma: { a: { hcaHandles: 'x' } } }), '/linux/resources/rdma/a/hcaHandles'],
    ['a process limit without number', resources({ pids: {} }), '/linux/resources/pids'],
    ['a namespace of no kind', { ...valid, linux: { namespaces: [{ type: 'net' }] } }, '/linux/namespaces/0/type'],
    ['a user id below zero', process({ user: { uid: -1, gid: 0 } }), '/process/user/uid'],
    [
      'a resource limit of no kind',
      process({ rlimits: [{ type: 'NOFILE', soft: 1, hard: 1 }] }),
      '/process/rlimits/0/type',
    ],
    [
      'a limit beyond 64 bits',
      process({ rlimits: [{ type: 'RLIMIT_CORE', soft: 2n ** 64n, hard: 1 }] }),
      '/process/rlimits/0/soft',
    ],
    ['a device of no kind', { ...valid, linux: { devices: [{ type: 'x', path: '/dev/x' }] } }, '/linux/devices/0/type'],
    [
      'mode bits beyond permissions',
      { ...valid, linux: { devices: [{ type: 'c', path: '/dev/x', fileMode: 0o1000 }] } },
      '/linux/devices/0/fileMode',
    ],
    ['a mount without destination', { ...valid, mounts: [{ source: '/' }] }, '/mounts/0'],
    [
      'a hook that may take no time',
      { ...valid, hooks: { poststop: [{ path: '/x', timeout: 0 }] } },
      '/hooks/poststop/0/timeout',
    ],
    ['a filter without default', { ...valid, linux: { seccomp: {} } }, '/linux/seccomp'],
  ])('is refused with %s', (_, value, path) => {
    const answer = validateRuntimeConfig(value)
    expect(answer.ok ? [] : answer.problems.map((problem) => problem.path)).toContain(path)
  })
})
