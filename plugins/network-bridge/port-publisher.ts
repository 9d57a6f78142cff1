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
    const lost = published.filter(({ binding }) => {
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
    const places = hostAddresses(binding, target)
    let failure: unknown
    for (const port of this.#candidates(binding)) {
      const attempt: Reservation[] = []
      try {
        for (const place of places) this.#reserve(binding, place.hostIp, port, attempt)
        reservations.push(...attempt)
        return places.map((place) => ({
          binding: {
            protocol: binding.protocol,
            containerPort: binding.containerPort,
            hostIp: place.hostIp,
            hostPort: port,
          },
          rule: {
            family: isIPv4(place.address) ? 'ip' : 'ip6',
            protocol: binding.protocol,
            ...(isAnyAddress(place.hostIp) ? {} : { hostIp: place.hostIp }),
            hostPort: port,
            address: place.address,
            port: binding.containerPort,
          },
        }))
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

  #hold(owner: string, reservations: readonly Reservation[]): void {
    this.#held.set(owner, [...(this.#held.get(owner) ?? []), ...reservations])
  }
}

/** Host addresses of a binding, each with the container's address behind it. */
function hostAddresses(binding: PortBinding, target: PortTarget): { hostIp: string; address: string }[] {
  const asked = binding.hostIp === undefined || binding.hostIp === '' ? target.hostBinding : binding.hostIp
  if (asked === undefined) {
    return [
      ...(target.address === undefined ? [] : [{ hostIp: '0.0.0.0', address: target.address }]),
      ...(target.addressIpv6 === undefined ? [] : [{ hostIp: '::', address: target.addressIpv6 }]),
    ]
  }
  if (!isIPv4(asked) && !isIPv6(asked)) throw codedError('ADDRESS_INVALID', `'${asked}' is not an IP address`)
  const address = isIPv4(asked) ? target.address : target.addressIpv6
  if (address !== undefined) return [{ hostIp: asked, address }]
  throw codedError(
    'NOT_SUPPORTED',
    `A port cannot be published on ${asked}: the network has no IPv${isIPv4(asked) ? 4 : 6}`,
    {
      hint: isIPv4(asked)
        ? 'Enable IPv4 on the network.'
        : 'Enable IPv6 on the network, or publish on an IPv4 address.',
    },
  )
}

function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
