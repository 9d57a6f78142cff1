import { codedError, type ContainerSpec } from '@moby/contracts'
import { findInit } from './find-init.ts'
import { predefinedNames, sharedNetworkOf } from '../networks/default-network.ts'
import { splitExtraHost } from '../networks/hosts-file.ts'
import { chooseCapabilities } from '../spec/capabilities.ts'
import { toRlimits } from '../spec/limits.ts'
import { readSecurityOptions } from '../spec/security-options.ts'
import { parseSignal } from '../spec/signals.ts'
import { checkSysctls } from '../spec/sysctls.ts'
import { checkWorkingDir } from '../spec/working-dir.ts'

/**
 * Refuses what cannot be, before anything is made. What this engine does not offer fails with NOT_SUPPORTED, what the
 * host cannot do with HOST_LACKS, contradictions with CONTAINER_SPEC_INVALID.
 */
export function checkSpec(spec: ContainerSpec, host: { readonly capabilities: readonly string[] }): void {
  checkNotBuilt(spec)
  checkNetwork(spec)
  checkLife(spec)
  if (spec.stopSignal !== undefined && spec.stopSignal !== '') parseSignal(spec.stopSignal)
  checkWorkingDir(spec.workingDir ?? '')
  if (spec.init === true) findInit()
  chooseCapabilities(spec, host.capabilities)
  readSecurityOptions(spec.securityOptions ?? [])
  toRlimits(spec.ulimits)
  checkSysctls(spec.sysctls ?? {}, {
    hostNetwork: spec.networkMode === 'host',
    hostIpc: spec.ipcMode === 'host',
  })
  for (const entry of spec.env ?? []) {
    if (entry === '' || entry.startsWith('=')) throw invalid(`invalid environment variable: ${entry}`)
  }
  for (const entry of spec.extraHosts ?? []) splitExtraHost(entry)
  for (const annotation of Object.keys(spec.annotations ?? {})) {
    if (annotation === '') throw invalid('invalid Annotations: the empty string is not permitted as an annotation key')
  }
}

function checkNotBuilt(spec: ContainerSpec): void {
  const missing = (option: string, hint: string) =>
    codedError('NOT_SUPPORTED', `${option} is not supported by this engine`, { hint })
  if (spec.usernsMode !== undefined && spec.usernsMode !== '' && spec.usernsMode !== 'host') {
    throw missing(`user namespace mode "${spec.usernsMode}"`, 'Leave it out or use host.')
  }
  if (Object.keys(spec.storageOptions ?? {}).length > 0) {
    throw missing('a storage option', 'Leave --storage-opt out; the writable layer has no quota.')
  }
}

function checkNetwork(spec: ContainerSpec): void {
  const { networkMode = 'default' } = spec
  if (networkMode === 'container:') {
    throw invalid('invalid network mode: invalid container format container:<name|id>')
  }
  for (const { network, ipv4Address, ipv6Address } of spec.endpoints ?? []) {
    if (!isPredefined(network) || !(isGiven(ipv4Address) || isGiven(ipv6Address))) continue
    throw invalid(
      `invalid config for network ${network}: invalid endpoint settings:\n` +
        '* user specified IP address is supported on user defined networks only\n' +
        '* user specified IP address is supported only when connecting to networks with user configured subnets',
    )
  }
  const shared = sharedNetworkOf(spec)
  if (shared === undefined && networkMode !== 'host') return
  const conflict = (text: string) => invalid(`conflicting options: ${text}`)
  if (shared !== undefined) {
    if (isGiven(spec.hostname)) throw conflict('hostname and the network mode')
    if (spec.dns?.length) throw conflict('dns and the network mode')
    if (spec.extraHosts?.length) throw conflict('custom host-to-IP mapping and the network mode')
    if (spec.ports?.length || spec.publishAllPorts === true) {
      throw conflict('port publishing and the container type network mode')
    }
  }
  if ((spec.endpoints ?? []).some((endpoint) => endpoint.network !== networkMode)) {
    throw invalid(`container cannot be connected to other networks with the network mode ${networkMode}`)
  }
}

function checkLife(spec: ContainerSpec): void {
  const policy = spec.restart?.name ?? 'no'
  if (spec.autoRemove === true && policy !== 'no') {
    throw invalid("can't create 'AutoRemove' container with restart policy")
  }
  if ((spec.restart?.maximumRetries ?? 0) > 0 && policy !== 'on-failure') {
    throw invalid(
      `invalid restart policy: maximum retry count can only be used with 'on-failure'${policy === 'no' ? '' : `, not '${policy}'`}`,
    )
  }
  const modes: readonly (readonly [string, string | undefined, RegExp])[] = [
    ['PID', spec.pidMode, /^(host|container:.+)?$/s],
    ['IPC', spec.ipcMode, /^(host|none|private|shareable|container:.+)?$/s],
    ['UTS', spec.utsMode, /^(host)?$/],
    ['cgroup namespace', spec.cgroupnsMode, /^(host|private)?$/],
  ]
  for (const [what, mode, rule] of modes) {
    if (mode !== undefined && !rule.test(mode)) throw invalid(`invalid ${what} mode: ${mode}`)
  }
  if (spec.utsMode === 'host' && isGiven(spec.hostname)) throw invalid('conflicting options: hostname and the UTS mode')
  if (spec.hostname !== undefined && spec.hostname.length > 63) throw invalid(`invalid hostname: ${spec.hostname}`)
  if (spec.cgroupParent !== undefined && spec.cgroupParent.split('/').includes('..')) {
    throw invalid(`invalid cgroup parent: ${spec.cgroupParent}`)
  }
  if (spec.shmSizeBytes !== undefined && spec.shmSizeBytes < 0) throw invalid('SHM size can not be less than 0')
  if (spec.oomScoreAdj !== undefined && Math.abs(spec.oomScoreAdj) > 1000) {
    throw invalid(`Invalid value ${spec.oomScoreAdj}, range for oom score adj is [-1000, 1000]`)
  }
}

function isPredefined(network: string): boolean {
  return network === 'default' || (predefinedNames as readonly string[]).includes(network)
}

function isGiven(text: string | undefined): boolean {
  return text !== undefined && text !== ''
}

function invalid(message: string) {
  return codedError('CONTAINER_SPEC_INVALID', message)
}
