import { readFileSync } from 'node:fs'
import { codedError, type ContainerSpec } from '@moby/contracts'
import { predefinedNames, primaryNetwork, sharedNetworkOf } from '../networks/default-network.ts'
import type { EngineConfig } from './container-context.ts'

/**
 * What a container is made with where it does not say itself: the defaults of the configuration. They are taken when it
 * is made, so that a later change of the configuration changes no container. Fails with CONTAINER_SPEC_INVALID when the
 * seccomp profile of the configuration cannot be read.
 */
export function withDefaults(spec: ContainerSpec, config: EngineConfig): ContainerSpec {
  const { cgroupParent, ipcMode, cgroupnsMode } = config
  const isPrivileged = spec.privileged === true
  const ulimits = missingUlimits(spec.ulimits ?? [], config)
  return {
    ...spec,
    ...nameSettings(spec, config),
    ...(ulimits.length === 0 ? {} : { ulimits: [...(spec.ulimits ?? []), ...ulimits] }),
    ...(spec.init === undefined && config.init ? { init: true } : {}),
    ...(!spec.ipcMode && ipcMode !== undefined ? { ipcMode } : {}),
    // A privileged container sees the cgroups of the host, whatever others get.
    ...(!spec.cgroupnsMode && cgroupnsMode !== undefined && !isPrivileged ? { cgroupnsMode } : {}),
    ...(!spec.cgroupParent && cgroupParent !== undefined ? { cgroupParent } : {}),
    ...securityOptions(spec, config),
  }
}

/** On a network with name servers of its own, those ask the servers of the configuration. */
function nameSettings(spec: ContainerSpec, { dns, dnsSearch, dnsOptions }: EngineConfig): Partial<ContainerSpec> {
  if (sharedNetworkOf(spec) !== undefined) return {}
  const asksItself = (predefinedNames as readonly string[]).includes(primaryNetwork(spec))
  return {
    ...(dns.length > 0 && asksItself && !spec.dns?.length ? { dns: [...dns] } : {}),
    ...(dnsSearch.length > 0 && !spec.dnsSearch?.length ? { dnsSearch: [...dnsSearch] } : {}),
    ...(dnsOptions.length > 0 && !spec.dnsOptions?.length ? { dnsOptions: [...dnsOptions] } : {}),
  }
}

function missingUlimits(own: NonNullable<ContainerSpec['ulimits']>, { ulimits }: EngineConfig) {
  return ulimits.filter(({ name }) => !own.some((each) => each.name === name))
}

function securityOptions(spec: ContainerSpec, config: EngineConfig): Partial<ContainerSpec> {
  const own = spec.securityOptions ?? []
  const says = (name: string) => own.some((option) => new RegExp(`^${name}(?:[=:]|$)`).test(option))
  const added = [
    ...(config.noNewPrivileges && !says('no-new-privileges') ? ['no-new-privileges=true'] : []),
    ...(config.seccompProfile !== undefined && !says('seccomp') && spec.privileged !== true
      ? [`seccomp=${readProfile(config.seccompProfile)}`]
      : []),
  ]
  return added.length === 0 ? {} : { securityOptions: [...own, ...added] }
}

function readProfile(profile: string): string {
  if (profile === 'unconfined' || profile === 'builtin') return profile
  try {
    return readFileSync(profile, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('CONTAINER_SPEC_INVALID', `the seccomp profile of the configuration cannot be read: ${why}`, {
      hint: 'Correct seccompProfile of the engine, or name a profile with --security-opt.',
      cause,
    })
  }
}
