import { isIPv6 } from 'node:net'
import { codedError, isCodedError, type Logger, type PortBinding } from '@moby/contracts'
import { keyOf, type EndpointBook } from './endpoint-book.ts'
import type { RuleBook } from './firewall/rule-book.ts'
import type { Host } from './host.ts'
import type { NameService } from './names/name-service.ts'
import type { RelayPlace } from '@moby/lib-names'
import { PortPublisher } from './port-publisher.ts'
import type { EndpointRecord, NetworkRecord, PublishedPort } from './records.ts'

interface Parts {
  readonly host: Host
  readonly rules: RuleBook
  readonly endpoints: EndpointBook
  readonly names: NameService
  readonly log: Logger
}

/**
 * The published ports of endpoints: held on the host, redirected by rules of the kernel, and carried by the process of
 * the names where rules cannot (from IPv6 to a container without it, and from the host's own `::1`).
 */
export class EndpointPorts {
  readonly #parts: Parts
  readonly #publisher: PortPublisher

  constructor(parts: Parts) {
    this.#parts = parts
    this.#publisher = new PortPublisher(parts.host)
  }

  /** Holds again what an earlier process had published, and ends what it carried to endpoints that are gone. */
  async adopt(endpoints: readonly EndpointRecord[]): Promise<void> {
    for (const endpoint of endpoints) {
      for (const { binding } of this.#publisher.adopt(keyOf(endpoint), endpoint.published)) {
        this.#parts.log.warn('a published port was taken by another process meanwhile', { ...binding })
      }
    }
    await this.#parts.names.relayOnly(endpoints.map(keyOf))
  }

  /** Publishes all or nothing. Fails with PORT_IN_USE, NOT_SUPPORTED, ADDRESS_INVALID or HOST_LACKS. */
  async publish(
    network: NetworkRecord,
    endpoint: EndpointRecord,
    bindings: readonly PortBinding[],
  ): Promise<PortBinding[]> {
    const { rules, endpoints } = this.#parts
    const { hostBinding } = network.options
    const published = this.#publisher.publish(keyOf(endpoint), bindings, {
      ...(endpoint.address === undefined ? {} : { address: withoutLength(endpoint.address) }),
      ...(endpoint.addressIpv6 === undefined ? {} : { addressIpv6: withoutLength(endpoint.addressIpv6) }),
      ...(hostBinding === undefined ? {} : { hostBinding }),
      routed: [
        ...(network.options.gatewayModeIpv4 === 'routed' ? [4 as const] : []),
        ...(network.options.gatewayModeIpv6 === 'routed' ? [6 as const] : []),
      ],
      trusted: (network.options.trusted ?? []).length > 0,
    })
    const record = { ...endpoint, bindings, published }
    endpoints.put(record)
    this.#tellUnpublished(network, bindings, published)
    try {
      await rules.apply({ addPorts: rulesOf(published) })
    } catch (error) {
      this.#forget(record)
      throw error
    }
    try {
      const open = await this.#relay(record)
      endpoints.put(open)
      return bindingsOf(open)
    } catch (error) {
      await this.#takeBack(record)
      throw error
    }
  }

  async revoke(endpoint: EndpointRecord): Promise<void> {
    if (endpoint.published.length > 0) await this.#takeBack(endpoint)
  }

  releaseAll(): void {
    this.#publisher.releaseAll()
  }

  async #takeBack(endpoint: EndpointRecord): Promise<void> {
    const { rules, names, log } = this.#parts
    await rules.apply({ removePorts: rulesOf(endpoint.published) })
    await names.unrelay(keyOf(endpoint)).catch((error: unknown) => {
      log.warn('a port is still carried to a container', { error: String(error) })
    })
    this.#forget(endpoint)
  }

  #tellUnpublished(
    { name }: NetworkRecord,
    bindings: readonly PortBinding[],
    published: readonly PublishedPort[],
  ): void {
    for (const { hostIp, containerPort, protocol } of bindings) {
      const isThere = ({ binding }: PublishedPort) =>
        binding.containerPort === containerPort && binding.protocol === protocol
      if (published.some(isThere)) continue
      this.#parts.log.warn('a port is not published: the network has no such addresses', {
        network: name,
        port: `${containerPort}/${protocol}`,
        address: hostIp ?? '',
      })
    }
  }

  #forget(endpoint: EndpointRecord): void {
    this.#publisher.release(keyOf(endpoint))
    this.#parts.endpoints.put({ ...endpoint, published: [] })
  }

  /** A port that was not asked for on IPv6 goes without it where the process cannot be had. */
  async #relay(endpoint: EndpointRecord): Promise<EndpointRecord> {
    const places = endpoint.published.flatMap(relayOf)
    if (places.length === 0) return endpoint
    try {
      await this.#parts.names.relay(keyOf(endpoint), places)
      return endpoint
    } catch (error) {
      const errno = isCodedError(error) ? error.details?.['errno'] : undefined
      if (errno === 'EADDRINUSE') throw inUse(places, error)
      if (endpoint.bindings.some(({ hostIp }) => isIPv6(hostIp ?? ''))) throw error
      this.#parts.log.warn('ports are published on IPv4 alone', { error: String(error) })
      return { ...endpoint, published: endpoint.published.filter(({ relay }) => relay === undefined) }
    }
  }
}

/** What stands in the records as published, in the words of the contract. */
export function bindingsOf(endpoint: EndpointRecord): PortBinding[] {
  return endpoint.published.map((port) => ({ ...port.binding }))
}

export function rulesOf(published: readonly PublishedPort[]) {
  return published.flatMap(({ rule, direct }) => [
    ...(rule === undefined ? [] : [rule]),
    ...(direct === undefined ? [] : [direct]),
  ])
}

function relayOf({ binding, relay }: PublishedPort): RelayPlace[] {
  const { protocol, hostIp, hostPort, containerPort: port } = binding
  if (relay === undefined || protocol === 'sctp') return []
  return [{ protocol, hostIp, hostPort, address: relay, port }]
}

function inUse(places: readonly RelayPlace[], cause: unknown): Error {
  const told = places.map(({ hostIp, hostPort }) => `[${hostIp}]:${hostPort}`).join(', ')
  return codedError('PORT_IN_USE', `Bind for ${told} failed: port is already allocated`, {
    hint: 'Choose another host port, or stop what uses it.',
    cause,
  })
}

function withoutLength(cidr: string): string {
  return cidr.split('/')[0] ?? ''
}
