import { codedError } from '@moby/contracts'
import { readFileSync } from 'node:fs'

/** Every capability of Linux, at the index that is its number (capability.h). */
export const capabilityNames = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`)

/** What a container gets when nobody asks for more or less: the set of dockerd. */
export const defaultCapabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
].map((name) => `CAP_${name}`)

/** Capabilities that this process may hand on: its bounding set. */
export function hostCapabilities(status = readFileSync('/proc/self/status', 'utf8')): string[] {
  const mask = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return capabilityNames.filter((_, index) => ((mask >> BigInt(index)) & 1n) === 1n)
}

export interface CapabilityRequest {
  readonly privileged?: boolean | undefined
  readonly capAdd?: readonly string[] | undefined
  readonly capDrop?: readonly string[] | undefined
}

/**
 * The capabilities of a container, by Docker's rules: `ALL` stands for all that the host has, what is
 * dropped wins over the default set, what is added wins over a dropped ALL.
 * Fails with CONTAINER_SPEC_INVALID for a name that is no capability or that the host does not have.
 */
export function chooseCapabilities(request: CapabilityRequest, host: readonly string[]): string[] {
  const add = (request.capAdd ?? []).map((name) => canonical(name, 'CapAdd', host))
  const drop = (request.capDrop ?? []).map((name) => canonical(name, 'CapDrop', host))
  if (request.privileged === true) return [...host]
  const dropsAll = drop.includes('ALL')
  const base = add.includes('ALL') ? host : dropsAll ? [] : defaultCapabilities.filter((name) => host.includes(name))
  const kept = add.includes('ALL') && dropsAll ? [] : base
  const named = drop.filter((name) => name !== 'ALL')
  const wanted = new Set([...kept.filter((name) => !named.includes(name)), ...add.filter((name) => name !== 'ALL')])
  return host.filter((name) => wanted.has(name))
}

function canonical(name: string, option: 'CapAdd' | 'CapDrop', host: readonly string[]): string {
  const upper = name.toUpperCase()
  if (upper === 'ALL' || upper === 'CAP_ALL') return 'ALL'
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`
  if (!capabilityNames.includes(full)) {
    throw codedError('CONTAINER_SPEC_INVALID', `invalid ${option}: unknown capability: "${full}"`, {
      hint: 'See capabilities(7) for the names.',
    })
  }
  if (!host.includes(full)) {
    throw codedError('CONTAINER_SPEC_INVALID', `invalid ${option}: "${full}" is not available on this host`, {
      hint: 'The engine itself does not have it in its bounding set.',
    })
  }
  return full
}
