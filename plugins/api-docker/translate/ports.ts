import type { PortBinding } from '@moby/contracts'
import { isIP } from 'node:net'
import type { HostConfig } from '../schemas/host-config.ts'
import { invalidRequest } from '../wire/api-error.ts'

const protocols = ['tcp', 'udp', 'sctp'] as const
type Protocol = (typeof protocols)[number]

/** Numbers of a range: both ends belong to it. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** Reads `80` or `8000-8010`; undefined for anything that is not ports. */
export function parsePortRange(written: string): PortRange | undefined {
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(written)
  if (parts === null) return undefined
  const first = Number(parts[1])
  const last = parts[2] === undefined ? first : Number(parts[2])
  return first <= last && last <= 65_535 ? { first, last } : undefined
}

/** Reads `80`, `80/tcp` or `8000-8010/udp`. Fails with API_REQUEST_INVALID in Docker's words. */
export function parsePort(written: string): PortRange & { protocol: Protocol } {
  const [port = '', name = ''] = written.split('/')
  const range = parsePortRange(port)
  if (range === undefined || range.first === 0)
    throw invalidRequest(`invalid port specification: ${JSON.stringify(port)}`)
  const protocol = name === '' ? 'tcp' : protocols.find((known) => known === name.toLowerCase())
  if (protocol === undefined) throw invalidRequest(`invalid proto: ${name}`)
  return { ...range, protocol }
}

/** ExposedPorts with every range as its single ports: `80/tcp`. */
export function toExposedPorts(keys: readonly string[]): string[] {
  const ports = keys.flatMap((key) => {
    const { first, last, protocol } = parsePort(key)
    return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`)
  })
  return [...new Set(ports)]
}

/** PortBindings as the engine wants them. A key without bindings publishes nothing. */
export function toPorts(bindings: NonNullable<HostConfig['PortBindings']>): PortBinding[] {
  return Object.entries(bindings).flatMap(([key, hosts]) => {
    const { first, last, protocol } = parsePort(key)
    if (first !== last) throw invalidRequest(`invalid port specification: ${JSON.stringify(key.split('/')[0])}`)
    return hosts.map(({ HostIp = '', HostPort = '' }) => ({
      protocol,
      containerPort: first,
      ...hostAddress(HostIp),
      ...hostPorts(HostPort),
    }))
  })
}

function hostAddress(written: string): { hostIp?: string } {
  if (written === '') return {}
  const address = written.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) === 0) throw invalidRequest(`invalid IP address: ${written}`)
  return { hostIp: address }
}

function hostPorts(written: string): { hostPort?: number; hostPortEnd?: number } {
  if (written === '') return {}
  const range = parsePortRange(written)
  if (range === undefined) throw invalidRequest(`invalid port specification: ${JSON.stringify(written)}`)
  return { hostPort: range.first, ...(range.last === range.first ? {} : { hostPortEnd: range.last }) }
}
