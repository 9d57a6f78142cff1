import { expect, test } from 'vitest'
import { capabilityNames, defaultCapabilities, defaultSeccompProfile } from '@moby/lib-oci-runtime'
import { readSeccompProfile } from './seccomp-custom.ts'

function rulesOf(name: string, capabilities: readonly string[]) {
  return defaultSeccompProfile(capabilities, 'x64').syscalls.filter(({ names }) => names.includes(name))
}

test('what reaches beyond the container is denied by default', () => {
  const denied = [
    'mount',
    'umount2',
    'unshare',
    'setns',
    'bpf',
    'init_module',
    'kexec_load',
    'keyctl',
    'add_key',
    'request_key',
    'open_by_handle_at',
    'perf_event_open',
    'userfaultfd',
    'reboot',
    'swapon',
    'io_uring_setup',
    'pivot_root',
    'acct',
    'settimeofday',
    'quotactl',
    'move_mount',
    'open_tree',
    'fsopen',
  ]
  for (const name of denied) expect(rulesOf(name, defaultCapabilities), name).toEqual([])
  expect(defaultSeccompProfile(defaultCapabilities).defaultAction).toBe('SCMP_ACT_ERRNO')
})

test('clone takes no namespace flags, and clone3 is not there', () => {
  expect(rulesOf('clone', defaultCapabilities)).toEqual([
    expect.objectContaining({ args: [expect.objectContaining({ value: 0x7e020000, valueTwo: 0 })] }),
  ])
  expect(rulesOf('clone3', defaultCapabilities)).toEqual([expect.objectContaining({ errnoRet: 38 })])
})

test('sockets of AF_ALG and AF_VSOCK cannot be made', () => {
  const allows = (family: number) =>
    rulesOf('socket', defaultCapabilities).some(({ args = [] }) =>
      args.every(({ op, value }) =>
        op === 'SCMP_CMP_LT' ? family < value : op === 'SCMP_CMP_GT' ? family > value : family === value,
      ),
    )
  expect([1, 2, 10, 16, 17, 37, 39, 41].every(allows)).toBe(true)
  expect([38, 40].some(allows)).toBe(false)
})

test('a capability opens its calls and no others', () => {
  expect(rulesOf('mount', ['CAP_SYS_ADMIN'])).toHaveLength(1)
  expect(rulesOf('clone3', ['CAP_SYS_ADMIN'])).toEqual([expect.objectContaining({ action: 'SCMP_ACT_ALLOW' })])
  expect(rulesOf('kexec_load', capabilityNames)).toEqual([])
})

test('a profile of the user is settled for this host', () => {
  const profile = {
    defaultAction: 'SCMP_ACT_ERRNO',
    archMap: [
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] },
      { architecture: 'SCMP_ARCH_AARCH64' },
    ],
    syscalls: [
      { names: ['read'], action: 'SCMP_ACT_ALLOW' },
      { names: ['mount'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_ADMIN'] } },
      { names: ['clone'], action: 'SCMP_ACT_ALLOW', excludes: { caps: ['CAP_CHOWN'] } },
      { names: ['old'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '99.0' } },
    ],
  }
  const settled = readSeccompProfile(JSON.stringify(profile), ['CAP_CHOWN'])
  expect(settled.syscalls).toEqual([{ names: ['read'], action: 'SCMP_ACT_ALLOW' }])
  expect(settled.architectures?.length).toBeGreaterThan(0)
  expect(() => readSeccompProfile('{', [])).toThrow('Decoding seccomp profile failed')
})
