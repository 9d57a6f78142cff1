import type { Network } from '@moby/contracts'
import type { NetworkRecord, PoolRecord } from './network-record.ts'

/**
 * The pools of a network as Docker tells them: those that somebody configured first, each with a gateway only where one
 * was asked for, then those that the engine chose. Clients that hold a network against its configuration would take a
 * gateway that nobody wrote for a change.
 */
export function showPools({ pools, spec }: Pick<NetworkRecord, 'pools' | 'spec'>): Network['ipam'] {
  const configured = spec.ipam ?? []
  const families = new Set(configured.map(({ subnet = '' }) => (subnet.includes(':') ? 6 : 4)))
  const isConfigured = ({ version }: PoolRecord) => families.has(version)
  const gateways = new Set(configured.map(({ gateway }) => gateway))
  return [...pools.filter(isConfigured), ...pools.filter((pool) => !isConfigured(pool))].map((pool) => {
    const { data, range } = pool
    const gateway = data.gateway?.split('/')[0]
    const isTold = gateway !== undefined && (!isConfigured(pool) || gateways.has(gateway))
    return {
      subnet: data.pool,
      ...(range === undefined || range === '' ? {} : { range }),
      ...(isTold ? { gateway } : {}),
      ...(data.auxAddresses === undefined ? {} : { auxAddresses: data.auxAddresses }),
    }
  })
}
