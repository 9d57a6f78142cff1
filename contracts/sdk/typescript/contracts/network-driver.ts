// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface CapabilitiesResponse {
  readonly scope: 'local' | 'global'
  readonly connectivityScope: 'local' | 'global'
  /** Needs addresses from a network.ipam driver */
  readonly addresses: boolean
  /** Answers `checkGateway` */
  readonly gatewayCheck?: boolean | undefined
  /** Publishes ports of endpoints; absent: it does */
  readonly ports?: boolean | undefined
  /** Answers names of `publishNames` at its name servers */
  readonly names?: boolean | undefined
  /** own: a namespace with links (default); none: an empty one; host: the host itself */
  readonly sandbox?: 'own' | 'none' | 'host' | undefined
  /** Only the predefined network of that name exists */
  readonly single?: boolean | undefined
}

export interface IpamData {
  readonly addressSpace: string
  /** Address with prefix length: 10.1.0.2/16 */
  readonly pool: string
  /** Address with prefix length: 10.1.0.2/16 */
  readonly gateway?: string | undefined
  /** Names to reserved addresses */
  readonly auxAddresses?: Readonly<Record<string, string>> | undefined
}

export interface AllocateNetworkRequest {
  readonly networkId: string
  /** User options */
  readonly options: Readonly<Record<string, string>>
  readonly ipv4: readonly IpamData[]
  readonly ipv6: readonly IpamData[]
}

export interface AllocateNetworkResponse {
  /** Options for createNetwork */
  readonly options: Readonly<Record<string, string>>
}

export interface FreeNetworkRequest {
  readonly networkId: string
}

export interface CheckGatewayRequest {
  readonly options: Readonly<Record<string, unknown>>
}

export interface CheckGatewayResponse {
  readonly skipIpv4: boolean
  readonly skipIpv6: boolean
}

export interface CreateNetworkRequest {
  readonly networkId: string
  /** Name given by the user, for messages and link names */
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** No way out of the network */
  readonly internal: boolean
  readonly enableIpv4: boolean
  readonly enableIpv6: boolean
  readonly ipv4: readonly IpamData[]
  readonly ipv6: readonly IpamData[]
}

export interface DeleteNetworkRequest {
  readonly networkId: string
}

export interface EndpointInterface {
  /** Address with prefix length: 10.1.0.2/16 */
  readonly address?: string | undefined
  /** Address with prefix length: 10.1.0.2/16 */
  readonly addressIpv6?: string | undefined
  readonly macAddress?: string | undefined
}

export interface ExposedPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly port: number
}

export interface PortBinding {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly containerPort: number
  /** Absent or empty: every address of the host */
  readonly hostIp?: string | undefined
  /** Absent or 0: the driver chooses */
  readonly hostPort?: number | undefined
  /** A free port of hostPort to this one */
  readonly hostPortEnd?: number | undefined
}

export interface CreateEndpointRequest {
  readonly networkId: string
  readonly endpointId: string
  readonly interface: EndpointInterface
  readonly exposedPorts: readonly ExposedPort[]
  readonly portBindings: readonly PortBinding[]
  readonly options: Readonly<Record<string, unknown>>
}

export interface CreateEndpointResponse {
  readonly interface: EndpointInterface
}

export interface EndpointInfoRequest {
  readonly networkId: string
  readonly endpointId: string
}

export interface EndpointInfoResponse {
  readonly value: Readonly<Record<string, unknown>>
}

export interface JoinRequest {
  readonly networkId: string
  readonly endpointId: string
  /** Path of the network namespace */
  readonly sandboxKey: string
  /** Name that the link is to get. A driver that can makes it right there and answers `placed`, because moving a link between namespaces takes the kernel many milliseconds. */
  readonly interfaceName?: string | undefined
  readonly options: Readonly<Record<string, unknown>>
}

export interface Link {
  /** Name of a link in the host namespace, which the engine moves */
  readonly source: string
  /** Name inside is this and a number, unless `name` is given */
  readonly prefix: string
  readonly name?: string | undefined
  /** The link was made inside the sandbox, as the `interfaceName` of the request */
  readonly placed?: boolean | undefined
}

export interface Route {
  /** Address with prefix length: 10.1.0.2/16 */
  readonly destination: string
  readonly kind: 'next-hop' | 'connected'
  /** IPv4 or IPv6 address */
  readonly nextHop?: string | undefined
}

/** What a link that was placed has already, with its routes: the engine gives it nothing more */
export interface Configured {
  /** Address with prefix length: 10.1.0.2/16 */
  readonly address?: string | undefined
  /** Address with prefix length: 10.1.0.2/16 */
  readonly addressIpv6?: string | undefined
  /** IPv4 or IPv6 address */
  readonly gateway?: string | undefined
  /** IPv4 or IPv6 address */
  readonly gatewayIpv6?: string | undefined
  readonly macAddress?: string | undefined
}

export interface JoinResponse {
  readonly link?: Link | undefined
  /** IPv4 or IPv6 address */
  readonly gateway?: string | undefined
  /** IPv4 or IPv6 address */
  readonly gatewayIpv6?: string | undefined
  readonly routes?: readonly Route[] | undefined
  readonly disableGatewayService?: boolean | undefined
  /** What a link that was placed has already, with its routes: the engine gives it nothing more */
  readonly configured?: Configured | undefined
  /** Name servers that answer for the network */
  readonly nameServers?: readonly string[] | undefined
}

export interface ProgramExternalRequest {
  readonly networkId: string
  readonly endpointId: string
  readonly options: Readonly<Record<string, unknown>>
}

export interface ProgramExternalResponse {
  readonly ports: readonly PortBinding[]
}

export interface RevokeExternalRequest {
  readonly networkId: string
  readonly endpointId: string
}

export interface LeaveRequest {
  readonly networkId: string
  readonly endpointId: string
}

export interface DeleteEndpointRequest {
  readonly networkId: string
  readonly endpointId: string
}

export interface Name {
  readonly endpointId: string
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  /** They alone are answered; absent: everybody */
  readonly askers?: readonly string[] | undefined
}

export interface PublishNamesRequest {
  readonly networkId: string
  readonly names: readonly Name[]
  /** Name servers for all other names */
  readonly upstream: readonly string[]
}

export interface DiscoverRequest {
  readonly added: boolean
  readonly kind: number
  readonly data: Readonly<Record<string, unknown>>
}

/** network.driver 0.1.0: Networks that containers join. */
export interface Driver {
  /** What the driver can do and needs. */
  capabilities(request: Record<string, never>, call?: Call): Promise<CapabilitiesResponse>

  /** For global scope: reserves what a network needs in the whole cluster; its options go to createNetwork. Errors: NETWORK_EXISTS, NOT_SUPPORTED. */
  allocateNetwork(request: AllocateNetworkRequest, call?: Call): Promise<AllocateNetworkResponse>

  /** Undoes allocateNetwork. Errors: NOT_SUPPORTED. */
  freeNetwork(request: FreeNetworkRequest, call?: Call): Promise<Record<string, never>>

  /** Whether a network with these options needs gateway addresses. Errors: NOT_SUPPORTED. */
  checkGateway(request: CheckGatewayRequest, call?: Call): Promise<CheckGatewayResponse>

  /** Makes a network. Called again with the same request after a restart, it puts back whatever is missing. Errors: NETWORK_EXISTS, NETWORK_OPTION_INVALID, NETWORK_PLUGIN_FAILED, POOL_OVERLAPS, HOST_LACKS. */
  createNetwork(request: CreateNetworkRequest, call?: Call): Promise<Record<string, never>>

  /** Removes a network and all that it has on the host. An unknown one is success. Errors: NETWORK_HAS_ENDPOINTS. */
  deleteNetwork(request: DeleteNetworkRequest, call?: Call): Promise<Record<string, never>>

  /** Reserves an endpoint. The answer holds only what the request left open, a MAC address for example. Errors: NETWORK_NOT_FOUND, ENDPOINT_EXISTS, ADDRESS_IN_USE, PORT_IN_USE, NETWORK_OPTION_INVALID. */
  createEndpoint(request: CreateEndpointRequest, call?: Call): Promise<CreateEndpointResponse>

  /** What the driver can tell of an endpoint for `docker inspect`. Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND. */
  endpointInfo(request: EndpointInfoRequest, call?: Call): Promise<EndpointInfoResponse>

  /** Makes the link of an endpoint, up to the point where the engine moves it into the sandbox. Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND, NETWORK_PLUGIN_FAILED, HOST_LACKS. */
  join(request: JoinRequest, call?: Call): Promise<JoinResponse>

  /** Publishes the ports of an endpoint that is its sandbox's way out; the answer tells the host ports. Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND, PORT_IN_USE, NOT_SUPPORTED. */
  programExternal(request: ProgramExternalRequest, call?: Call): Promise<ProgramExternalResponse>

  /** Takes published ports back. Errors: NOT_SUPPORTED. */
  revokeExternal(request: RevokeExternalRequest, call?: Call): Promise<Record<string, never>>

  /** Undoes join. The link may be gone already, together with its namespace. */
  leave(request: LeaveRequest, call?: Call): Promise<Record<string, never>>

  /** Undoes createEndpoint. An unknown one is success. */
  deleteEndpoint(request: DeleteEndpointRequest, call?: Call): Promise<Record<string, never>>

  /** All names of a network, replacing those before: every name answers with every address that has it. They must go on being answered while the engine is not running. Errors: NETWORK_NOT_FOUND, NOT_SUPPORTED. */
  publishNames(request: PublishNamesRequest, call?: Call): Promise<Record<string, never>>

  /** Tells of a node that came or went in a cluster. Errors: NOT_SUPPORTED. */
  discover(request: DiscoverRequest, call?: Call): Promise<Record<string, never>>
}
