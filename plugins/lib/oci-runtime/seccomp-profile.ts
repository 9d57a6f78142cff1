import { allowedSystemCalls } from './seccomp-syscalls.ts'
import type { Seccomp, SeccompRule } from './seccomp.ts'

const allow = 'SCMP_ACT_ALLOW'
/** Namespace flags of clone(2): NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWNS. */
const namespaceFlags = 0x7e02_0000
const errnoPerm = 1
const errnoNoSys = 38

/** What a capability opens, beyond what everybody may. */
const byCapability: Readonly<Record<string, readonly string[]>> = {
  CAP_DAC_READ_SEARCH: ['open_by_handle_at'],
  CAP_SYS_ADMIN: [
    'bpf',
    'clone',
    'clone3',
    'fanotify_init',
    'fsconfig',
    'fsmount',
    'fsopen',
    'fspick',
    'lookup_dcookie',
    'lsm_get_self_attr',
    'lsm_list_modules',
    'lsm_set_self_attr',
    'mount',
    'mount_setattr',
    'move_mount',
    'open_tree',
    'perf_event_open',
    'quotactl',
    'quotactl_fd',
    'setdomainname',
    'sethostname',
    'setns',
    'syslog',
    'umount',
    'umount2',
    'unshare',
  ],
  CAP_SYS_BOOT: ['reboot'],
  CAP_SYS_CHROOT: ['chroot'],
  CAP_SYS_MODULE: ['delete_module', 'init_module', 'finit_module'],
  CAP_SYS_PACCT: ['acct'],
  CAP_SYS_PTRACE: ['kcmp', 'pidfd_getfd', 'process_madvise'],
  CAP_SYS_RAWIO: ['iopl', 'ioperm'],
  CAP_SYS_TIME: ['settimeofday', 'stime', 'clock_settime', 'clock_settime64'],
  CAP_SYS_TTY_CONFIG: ['vhangup'],
  CAP_SYS_NICE: ['get_mempolicy', 'mbind', 'set_mempolicy', 'set_mempolicy_home_node'],
  CAP_SYSLOG: ['syslog'],
  CAP_BPF: ['bpf'],
  CAP_PERFMON: ['perf_event_open'],
}

/** Calls that exist on one architecture alone. */
const byArchitecture: Readonly<Record<string, readonly string[]>> = {
  x64: ['arch_prctl', 'modify_ldt'],
  arm64: ['arm_fadvise64_64', 'arm_sync_file_range', 'sync_file_range2', 'breakpoint', 'cacheflush', 'set_tls'],
}

const architectures: Readonly<Record<string, readonly string[]>> = {
  x64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
}

/** PER_LINUX, PER_LINUX32, UNAME26 with each, and the query. */
const personalities = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff]

/**
 * The filter of containers that ask for none: an allow list, everything else fails with EPERM. It grants what
 * dockerd's default profile grants for the same capabilities; facts from moby/profiles seccomp/default.json.
 */
export function defaultSeccompProfile(capabilities: readonly string[], arch: string = process.arch): Seccomp {
  const isAdmin = capabilities.includes('CAP_SYS_ADMIN')
  const names = [
    ...allowedSystemCalls,
    // Safe since 4.8, when ptrace stopped being a way around the filter; older kernels are not supported.
    'process_vm_readv',
    'process_vm_writev',
    'ptrace',
    ...(byArchitecture[arch] ?? []),
    ...capabilities.flatMap((capability) => byCapability[capability] ?? []),
  ]
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: errnoPerm,
    architectures: [...(architectures[arch] ?? [])],
    syscalls: [
      { names: [...new Set(names)], action: allow },
      ...socketRules(),
      ...personalities.map((value) => onArgument('personality', 'SCMP_CMP_EQ', value)),
      ...(isAdmin ? [] : cloneRules()),
    ],
  }
}

/** Every address family but AF_ALG (38) and AF_VSOCK (40): both lead to kernel or hypervisor interfaces. */
function socketRules(): SeccompRule[] {
  return [
    onArgument('socket', 'SCMP_CMP_LT', 38),
    onArgument('socket', 'SCMP_CMP_EQ', 39),
    onArgument('socket', 'SCMP_CMP_GT', 40),
  ]
}

/** clone without namespaces; clone3 hides its flags in memory, so callers are sent back to clone by ENOSYS. */
function cloneRules(): SeccompRule[] {
  return [
    {
      names: ['clone'],
      action: allow,
      args: [{ index: 0, value: namespaceFlags, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: errnoNoSys },
  ]
}

function onArgument(name: string, op: string, value: number): SeccompRule {
  return { names: [name], action: allow, args: [{ index: 0, value, op }] }
}
