import { anything, flag, list, maybe, shape, table, text, whole } from './shape.ts'

const id = text(256)
const address = text(256)

/** Numbers of IP protocols, as published ports name them. */
export const protocolNumbers = { tcp: 6, udp: 17, sctp: 132 } as const

/** Keys of the option maps of requests. */
export const labels = {
  generic: 'com.docker.network.generic',
  enableIpv4: 'com.docker.network.enable_ipv4',
  enableIpv6: 'com.docker.network.enable_ipv6',
  internal: 'com.docker.network.internal',
  exposedPorts: 'com.docker.network.endpoint.exposedports',
  portMap: 'com.docker.network.portmap',
  macAddress: 'com.docker.network.endpoint.macaddress',
} as const

const Interface = shape({ Address: address, AddressIPv6: address, MacAddress: address })

const IpamData = shape({
  AddressSpace: text(),
  Pool: address,
  Gateway: address,
  AuxAddresses: table(address),
})

/** Answers of `NetworkDriver.*`. */
export const networkAnswers = {
  Nothing: shape({}),
  GetCapabilities: shape({ Scope: text(64), ConnectivityScope: text(64), GwAllocChecker: flag }),
  AllocateNetwork: shape({ Options: table(text()) }),
  GwAllocCheck: shape({ SkipIPv4: flag, SkipIPv6: flag }),
  CreateEndpoint: shape({ Interface: maybe(Interface) }),
  EndpointOperInfo: shape({ Value: table(anything) }),
  Join: shape({
    InterfaceName: maybe(shape({ SrcName: text(256), DstName: text(256), DstPrefix: text(256) })),
    Gateway: address,
    GatewayIPv6: address,
    StaticRoutes: list(shape({ Destination: address, RouteType: whole, NextHop: address })),
    DisableGatewayService: flag,
  }),
}

/** Requests of `NetworkDriver.*`. */
export const networkRequests = {
  AllocateNetwork: shape({
    NetworkID: id,
    Options: table(text()),
    IPv4Data: list(IpamData),
    IPv6Data: list(IpamData),
  }),
  ByNetwork: shape({ NetworkID: id }),
  GwAllocCheck: shape({ Options: table(anything) }),
  CreateNetwork: shape({
    NetworkID: id,
    Options: table(anything),
    IPv4Data: list(IpamData),
    IPv6Data: list(IpamData),
  }),
  CreateEndpoint: shape({ NetworkID: id, EndpointID: id, Interface: maybe(Interface), Options: table(anything) }),
  ByEndpoint: shape({ NetworkID: id, EndpointID: id }),
  Join: shape({ NetworkID: id, EndpointID: id, SandboxKey: text(4096), Options: table(anything) }),
  ProgramExternalConnectivity: shape({ NetworkID: id, EndpointID: id, Options: table(anything) }),
  Discovery: shape({ DiscoveryType: whole, DiscoveryData: table(anything) }),
  /** Values of option keys. */
  ExposedPorts: list(shape({ Proto: whole, Port: whole })),
  PortMap: list(
    shape({ Proto: whole, IP: address, Port: whole, HostIP: address, HostPort: whole, HostPortEnd: whole }),
  ),
}
