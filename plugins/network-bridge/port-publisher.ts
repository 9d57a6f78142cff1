import { isIPv4, isIPv6 } from 'node:net'
import { codedError, hasCode, type PortBinding } from '@moby/contracts'
import { errnoOf, reservePort } from '@moby/lib-linux'
import type { Host } from './host.ts'
import type { PublishedPort } from './records.ts'

interface Reservation {
  release(): void
}

/** Where an endpoint can be reached: addresses without prefix length. */
export interface PortTarget {
  readonly address?: string
  readonly addressIpv6?: string
  /** Address of the host for ports that name none. */
  readonly hostBinding?: string
  /** Families in which the container is reached at its own address alone. */
  readonly routed: readonly (4 | 6)[]
  /** Whether some may reach it at its own address as well. */
  readonly trusted: boolean
}

/** Chooses host ports and holds them, so that no other process of the host takes one that is published. */
export class PortPublisher {
  readonly #host: Host
  readonly #held = new Map<string, Reservation[]>()
  #next = 0

  constructor(host: Host) {
    this.#host = host
  }

  /** Finds and holds ports for all bindings, or for none. Fails with PORT_IN_USE, NOT_SUPPORTED or ADDRESS_INVALID. */
  publish(owner: string, bindings: readonly PortBinding[], target: PortTarget): PublishedPort[] {
    const reservations: Reservation[] = []
    try {
      const published = bindings.flatMap((binding) => this.#publishOne(binding, target, reservations))
      this.#hold(owner, reservations)
      return published
    } catch (error) {
      for (const reservation of reservations) reservation.release()
      throw error
    }
  }

  /** Holds again what an earlier process had published; answers the ports that somebody else has taken since. */
  adopt(owner: string, published: readonly PublishedPort[]): PublishedPort[] {
    const reservations: Reservation[] = []
    const lost = published.filter(({ binding, relay }) => {
      // The process that carries it holds it, or there is no port of the host.
      if (relay !== undefined || binding.hostPort === 0) return false
      try {
        this.#reserve(binding, binding.hostIp, binding.hostPort, reservations)
        return false
      } catch {
        return true
      }
    })
    this.#hold(owner, reservations)
    return lost
  }

  release(owner: string): void {
    for (const reservation of this.#held.get(owner) ?? []) reservation.release()
    this.#held.delete(owner)
  }

  releaseAll(): void {
    for (const owner of this.#held.keys()) this.release(owner)
  }

  #publishOne(binding: PortBinding, target: PortTarget, reservations: Reservation[]): PublishedPort[] {
    const all = hostAddresses(binding, target, this.#hasIpv6())
    const places = all.filter(({ routed }) => !routed)
    const toldAt = (port: number) => all.map((place) => publishedAt(place, binding, place.routed ? 0 : port, target))
    if (places.length === 0) return toldAt(0)
    let failure: unknown
    for (const port of this.#candidates(binding)) {
      const attempt: Reservation[] = []
      try {
        for (const { hostIp, relayed } of places) {
          if (!relayed) this.#reserve(binding, hostIp, port, attempt)
          // The process that carries it takes it; it is tried here, because other ports may have to be tried.
          else this.#try(binding, hostIp, port)
        }
        reservations.push(...attempt)
        return toldAt(port)
      } catch (error) {
        for (const reservation of attempt) reservation.release()
        if (!hasCode(error, 'PORT_IN_USE')) throw error
        failure = error
      }
    }
    throw failure ?? codedError('PORT_IN_USE', 'all ports are allocated')
  }

  /** Host ports to try, in order: the one asked for, its range, or all that the kernel gives to clients. */
  *#candidates(binding: PortBinding): Generator<number> {
    const first = binding.hostPort ?? 0
    if (first > 0) {
      for (let port = first; port <= Math.max(first, binding.hostPortEnd ?? 0); port++) yield port
      return
    }
    const range = this.#host.setting('ipv4/ip_local_port_range')?.split(/\s+/).map(Number)
    const [low = 32_768, high = 60_999] = range ?? []
    const size = high - low + 1
    for (let tried = 0; tried < size; tried++) {
      const port = low + (this.#next++ % size)
      yield port
    }
  }

  #reserve(binding: PortBinding, ip: string, port: number, reservations: Reservation[]): void {
    // The kernel has no SCTP sockets to hold a port with unless its module is there; the rule alone does it.
    if (binding.protocol === 'sctp') return
    const { protocol } = binding
    try {
      reservations.push(this.#host.run(() => reservePort(protocol, ip, port)))
    } catch (error) {
      if (errnoOf(error) !== 'EADDRNOTAVAIL') throw error
      throw codedError('ADDRESS_INVALID', `Bind for ${ip}:${port} failed: cannot assign requested address`, {
        hint: 'Publish on an address that this host has.',
        cause: error,
      })
    }
  }

  #try(binding: PortBinding, ip: string, port: number): void {
    const attempt: Reservation[] = []
    this.#reserve(binding, ip, port, attempt)
    for (const reservation of attempt) reservation.release()
  }

  #hasIpv6(): boolean {
    return this.#host.setting('ipv6/conf/lo/disable_ipv6') === '0'
  }

  #hold(owner: string, reservations: readonly Reservation[]): void {
    this.#held.set(owner, [...(this.#held.get(owner) ?? []), ...reservations])
  }
}

/** An address of the host with that of the container behind it. */
interface Place {
  readonly hostIp: string
  readonly address: string
  /** Carried by a process: over the border of address families, and from the host's own loopback of IPv6. */
  readonly relayed: boolean
  /** No port of the host: the container is reached at its own address. */
  readonly routed: boolean
}

/** Where a binding is to be reached. One that names no address is on IPv4 and IPv6, whatever the network has. */
function hostAddresses(binding: PortBinding, target: PortTarget, hasIpv6: boolean): Place[] {
  const wanted = binding.hostIp === undefined || binding.hostIp === '' ? target.hostBinding : binding.hostIp
  const asked = binding.hostIp !== wanted && wanted === '0.0.0.0' ? undefined : wanted
  const relayed = hasIpv6 && binding.protocol !== 'sctp'
  const behindIpv6 = target.addressIpv6 ?? (relayed ? target.address : undefined)
  const routed = { v4: target.routed.includes(4), v6: target.addressIpv6 !== undefined && target.routed.includes(6) }
  if (asked === undefined) {
    return [
      ...(target.address === undefined
        ? []
        : [{ hostIp: '0.0.0.0', address: target.address, relayed: false, routed: routed.v4 }]),
      ...(behindIpv6 === undefined
        ? []
        : [{ hostIp: '::', address: behindIpv6, relayed: relayed && !routed.v6, routed: routed.v6 }]),
    ]
  }
  if (!isIPv4(asked) && !isIPv6(asked)) throw codedError('ADDRESS_INVALID', `'${asked}' is not an IP address`)
  const address = isIPv4(asked) ? target.address : behindIpv6
  if (address !== undefined) {
    const isRouted = isIPv4(asked) ? routed.v4 : routed.v6
    const hostIp = isRouted ? (isIPv4(asked) ? '0.0.0.0' : '::') : asked
    return [{ hostIp, address, relayed: isIPv6(asked) && relayed && !isRouted, routed: isRouted }]
  }
  // Nobody is behind an address of IPv4 then; the container starts all the same, as with dockerd.
  if (isIPv4(asked)) return []
  throw codedError('NOT_SUPPORTED', `A port cannot be published on ${asked}: the network has no IPv6`, {
    hint: 'Enable IPv6 on the network, or publish on an IPv4 address.',
  })
}

function publishedAt(
  place: Place,
  { protocol, containerPort }: PortBinding,
  hostPort: number,
  { trusted }: PortTarget,
): PublishedPort {
  const { hostIp, address, relayed, routed } = place
  const isSameFamily = isIPv4(hostIp) === isIPv4(address)
  const isRedirected = isSameFamily && !routed
  const family = isIPv4(address) ? 'ip' : 'ip6'
  return {
    binding: { protocol, containerPort, hostIp, hostPort },
    ...(relayed ? { relay: address } : {}),
    ...(isRedirected
      ? {
          rule: {
            family,
            protocol,
            ...(isAnyAddress(hostIp) ? {} : { hostIp }),
            hostPort,
            address,
            port: containerPort,
          },
        }
      : {}),
    ...(isSameFamily && (routed || trusted)
      ? { direct: { family, direct: true, protocol, hostPort: containerPort, address, port: containerPort } }
      : {}),
  }
}

function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
