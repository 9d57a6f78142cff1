import { codedError, type NetworkSpec } from '@moby/contracts'
import type { NetworkRecord } from './network-record.ts'
import type { NetworkStore } from './network-store.ts'

/** What a network that only holds a configuration calls its driver. */
export const configurationDriver = 'null'

/** True for a network that only holds the configuration of others: it has no driver, and no container is on it. */
export function isConfiguration({ spec }: Pick<NetworkRecord, 'spec'>): boolean {
  return spec.configOnly === true
}

/** Fails with NETWORK_CONFIGURATION when a configuration is given what only a network can have. */
export function checkConfiguration(spec: NetworkSpec): void {
  if (spec.internal !== true && spec.attachable !== true) return
  throw codedError(
    'NETWORK_CONFIGURATION',
    'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.',
  )
}

/**
 * The specification of a network with all that the network which it names has for it. Fails with NETWORK_CONFIGURATION
 * when it says any of that itself, with NETWORK_NOT_KNOWN when it names no such network.
 */
export function withConfiguration(store: NetworkStore, spec: NetworkSpec): NetworkSpec {
  const name = spec.configFrom ?? ''
  if (name === '') return spec
  const filled = (value: object | undefined) => value !== undefined && Object.keys(value).length > 0
  if (
    spec.configOnly === true ||
    spec.enableIpv6 === true ||
    (spec.ipamDriver !== undefined && spec.ipamDriver !== 'default') ||
    [spec.labels, spec.ipamOptions, spec.ipam, spec.options].some(filled)
  ) {
    throw codedError(
      'NETWORK_CONFIGURATION',
      'user specified configurations are not supported if the network depends on a configuration network',
    )
  }
  const source = store.byName(name)
  if (source === undefined || !isConfiguration(source)) {
    throw codedError('NETWORK_NOT_KNOWN', `configuration network "${name}" does not exist`, {
      hint: 'Make it with docker network create --config-only.',
    })
  }
  const { enableIpv4, enableIpv6, labels, ipamDriver, ipamOptions, ipam, options } = source.spec
  const given = { enableIpv4, enableIpv6, labels, ipamDriver, ipamOptions, ipam, options }
  const known = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...spec, ...(Object.fromEntries(known) as Partial<NetworkSpec>) }
}

/** Fails with NETWORK_IN_USE while networks have their configuration from this one. */
export function refuseUsedConfiguration(store: NetworkStore, network: NetworkRecord): void {
  if (!isConfiguration(network)) return
  const users = store.list().filter(({ spec }) => spec.configFrom === network.name)
  if (users.length === 0) return
  throw codedError(
    'NETWORK_IN_USE',
    `error while removing network: configuration network "${network.name}" is in use`,
    {
      hint: `Remove ${users.map(({ name }) => name).join(', ')} first.`,
    },
  )
}

/** Fails with NETWORK_CONFIGURATION for a network that no container can be on. */
export function refuseConfiguration(network: NetworkRecord): void {
  if (!isConfiguration(network)) return
  throw codedError('NETWORK_CONFIGURATION', 'cannot create endpoint on configuration-only network', {
    hint: `Make a network from it: docker network create --config-from ${network.name}.`,
  })
}
