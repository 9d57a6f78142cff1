import type { Container, EndpointStatus, PortBinding } from '@moby/contracts'

/** A container's place in one network, in Docker's EndpointSettings. */
export function endpointShape(endpoint: EndpointStatus): Record<string, unknown> {
  return {
    IPAMConfig: ipamShape(endpoint),
    Links: endpoint.networkName === 'bridge' ? null : (endpoint.spec.links ?? null),
    Aliases: endpoint.aliases.length === 0 ? null : endpoint.aliases,
    DriverOpts: endpoint.driverOptions ?? endpoint.spec.driverOptions ?? null,
    GwPriority: endpoint.spec.gatewayPriority ?? 0,
    NetworkID: endpoint.networkId,
    DNSNames: endpoint.dnsNames.length === 0 ? null : endpoint.dnsNames,
    ...addressShape(endpoint),
  }
}

/** The shorter form that lists carry. */
export function endpointSummaryShape(endpoint: EndpointStatus): Record<string, unknown> {
  return {
    ...endpointShape(endpoint),
    Links: null,
    Aliases: null,
    DriverOpts: null,
    DNSNames: null,
  }
}

function ipamShape({ spec }: EndpointStatus): Record<string, unknown> | null {
  const linkLocal = spec.linkLocalAddresses ?? []
  if (spec.ipv4Address === undefined && spec.ipv6Address === undefined && linkLocal.length === 0) return null
  return {
    ...(spec.ipv4Address === undefined ? {} : { IPv4Address: spec.ipv4Address }),
    ...(spec.ipv6Address === undefined ? {} : { IPv6Address: spec.ipv6Address }),
    ...(linkLocal.length === 0 ? {} : { LinkLocalIPs: linkLocal }),
  }
}

function addressShape(endpoint: EndpointStatus): Record<string, unknown> {
  const ipv4 = splitPrefix(endpoint.address)
  const ipv6 = splitPrefix(endpoint.addressIpv6)
  return {
    EndpointID: endpoint.endpointId,
    Gateway: endpoint.gateway,
    IPAddress: ipv4.address,
    IPPrefixLen: ipv4.length,
    IPv6Gateway: endpoint.gatewayIpv6,
    GlobalIPv6Address: ipv6.address,
    GlobalIPv6PrefixLen: ipv6.length,
    MacAddress: endpoint.macAddress,
  }
}

function splitPrefix(cidr: string): { address: string; length: number } {
  const [address = '', length = '0'] = cidr.split('/')
  return { address, length: Number(length) }
}

/** A container that was never started has a place by the network's name alone, as Docker tells it. */
export function networksShape(
  container: Pick<Container, 'networks' | 'state'>,
  shape: (endpoint: EndpointStatus) => unknown = endpointShape,
): Record<string, unknown> {
  const shown = (endpoint: EndpointStatus) =>
    container.state.startedAt === undefined ? { ...endpoint, networkId: '', dnsNames: [] } : endpoint
  return Object.fromEntries(container.networks.map((endpoint) => [endpoint.networkName, shape(shown(endpoint))]))
}

/** NetworkSettings of inspect; the addresses of the default bridge are repeated at its top. */
export function networkSettingsShape(container: Container): Record<string, unknown> {
  const bridge = container.networks.find(({ networkName }) => networkName === 'bridge')
  return {
    Bridge: '',
    SandboxID: isUp(container) ? container.sandboxId : '',
    SandboxKey: isUp(container) ? container.sandboxKey : '',
    Ports: portMapShape(container),
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    ...(bridge === undefined ? noAddresses : addressShape(bridge)),
    Networks: networksShape(container),
  }
}

const noAddresses = {
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
}

/** Nothing while the container is down; then null for a port that is exposed only. */
function portMapShape(container: Container): Record<string, unknown> {
  const ports: Record<string, { HostIp: string; HostPort: string }[] | null> = {}
  if (!hasPorts(container)) return ports
  for (const port of container.process.exposedPorts) ports[port] = null
  for (const { HostIp, HostPort, key } of publishedPorts(container)) {
    // A port that is reached at the container's own address has none of the host.
    ports[key] = [...(ports[key] ?? []), { HostIp, HostPort: HostPort === 0 ? '' : String(HostPort) }]
  }
  return ports
}

/** Ports of a list: an entry for each published one and for each that is exposed only. */
export function portListShape(container: Container): Record<string, unknown>[] {
  if (!hasPorts(container)) return []
  const published = publishedPorts(container)
  const taken = new Set(published.map(({ key }) => key))
  const exposed = container.process.exposedPorts
    .filter((port) => !taken.has(port))
    .map((port) => ({ PrivatePort: Number(port.split('/')[0]), Type: port.split('/')[1] ?? 'tcp' }))
  const bound = published.map(({ HostIp, HostPort, containerPort, protocol }) => ({
    IP: HostIp,
    PrivatePort: containerPort,
    ...(HostPort === 0 ? {} : { PublicPort: HostPort }),
    Type: protocol,
  }))
  return [...exposed, ...bound]
}

/** A binding without address is on every address: one entry for IPv4 and one for IPv6, as Docker tells it. */
function publishedPorts({ ports }: Pick<Container, 'ports'>) {
  const seen = new Set<string>()
  return ports.flatMap(({ protocol, containerPort, hostIp = '', hostPort = 0 }: PortBinding) => {
    const addresses = hostIp === '' ? ['0.0.0.0', '::'] : [hostIp]
    return addresses
      .map((HostIp) => ({
        HostIp,
        HostPort: hostPort,
        containerPort,
        protocol,
        key: `${containerPort}/${protocol}`,
      }))
      .filter(({ HostIp, HostPort, key }) => {
        const identity = `${HostIp} ${HostPort} ${key}`
        return !seen.has(identity) && seen.add(identity) !== undefined
      })
  })
}

function isUp({ state }: Pick<Container, 'state'>): boolean {
  return state.status === 'running' || state.status === 'paused'
}

function hasPorts(container: Container): boolean {
  const mode = container.spec.networkMode ?? 'bridge'
  return isUp(container) && mode !== 'host' && mode !== 'none' && !mode.startsWith('container:')
}
