import { codedError } from '@moby/contracts'
import { capabilityNames, defaultCapabilities } from '@moby/lib-oci-runtime'

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
