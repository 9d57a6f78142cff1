import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Closed, Maybe, Nothing, OneOf, Open, StringMap } from '../component/schemas.ts'

const Id = Type.String({ minLength: 1, maxLength: 128 })
const Cidr = Type.String({ description: 'Address with prefix length: 10.1.0.2/16' })
const Address = Type.String({ description: 'IPv4 or IPv6 address' })

/** Free options as users wrote them, plus structured ones under their Docker keys. */
const Options = Type.Record(Type.String(), Type.Unknown())

export const IpamData = Closed({
  addressSpace: Type.String(),
  pool: Cidr,
  gateway: Maybe(Cidr),
  auxAddresses: Maybe(StringMap('Names to reserved addresses')),
})
export type IpamData = Static<typeof IpamData>

/** A container's port that is to be reachable from outside. */
export const PortBinding = Closed({
  protocol: OneOf(['tcp', 'udp', 'sctp']),
  containerPort: Type.Integer({ minimum: 1, maximum: 65_535 }),
  hostIp: Maybe(Type.String({ description: 'Absent or empty: every address of the host' })),
  hostPort: Maybe(Type.Integer({ minimum: 0, maximum: 65_535, description: 'Absent or 0: the driver chooses' })),
  hostPortEnd: Maybe(Type.Integer({ minimum: 0, maximum: 65_535, description: 'A free port of hostPort to this one' })),
})
export type PortBinding = Static<typeof PortBinding>

export const EndpointInterface = Closed({
  address: Maybe(Cidr),
  addressIpv6: Maybe(Cidr),
  macAddress: Maybe(Type.String()),
})
export type EndpointInterface = Static<typeof EndpointInterface>

export const Route = Open({
  destination: Cidr,
  kind: OneOf(['next-hop', 'connected']),
  nextHop: Maybe(Address),
})

export const JoinResult = Open({
  link: Maybe(
    Open({
      source: Type.String({ description: 'Name of a link in the host namespace, which the engine moves' }),
      prefix: Type.String({ description: 'Name inside is this and a number, unless `name` is given' }),
      name: Maybe(Type.String()),
      placed: Maybe(
        Type.Boolean({ description: 'The link was made inside the sandbox, as the `interfaceName` of the request' }),
      ),
    }),
  ),
  gateway: Maybe(Address),
  gatewayIpv6: Maybe(Address),
  routes: Maybe(Type.Array(Route)),
  disableGatewayService: Maybe(Type.Boolean()),
  configured: Maybe(
    Open(
      {
        address: Maybe(Cidr),
        addressIpv6: Maybe(Cidr),
        gateway: Maybe(Address),
        gatewayIpv6: Maybe(Address),
        macAddress: Maybe(Type.String()),
      },
      'What a link that was placed has already, with its routes: the engine gives it nothing more',
    ),
  ),
  nameServers: Maybe(Type.Array(Address, { description: 'Name servers that answer for the network' })),
})
export type JoinResult = Static<typeof JoinResult>

const OnNetwork = Closed({ networkId: Id })
const OnEndpoint = Closed({ networkId: Id, endpointId: Id })

/**
 * Networks of containers, in Docker's model (remote NetworkDriver protocol): the driver makes links
 * and rules, the engine moves the link into the container, names it and sets addresses and routes.
 */
export const networkDriver = defineContract({
  id: 'network.driver',
  version: '0.1.0',
  doc: 'Networks that containers join.',
  overlap: 'exclusive',
  overlapWhy: 'Two lives would each hold its own book of links, ports and names of the same host.',
  selection: 'driver',
  methods: {
    capabilities: {
      doc: 'What the driver can do and needs.',
      request: Nothing,
      response: Open({
        scope: OneOf(['local', 'global']),
        connectivityScope: OneOf(['local', 'global']),
        addresses: Type.Boolean({ description: 'Needs addresses from a network.ipam driver' }),
        gatewayCheck: Maybe(Type.Boolean({ description: 'Answers `checkGateway`' })),
        ports: Maybe(Type.Boolean({ description: 'Publishes ports of endpoints; absent: it does' })),
        names: Maybe(Type.Boolean({ description: 'Answers names of `publishNames` at its name servers' })),
        sandbox: Maybe(
          OneOf(
            ['own', 'none', 'host'],
            'own: a namespace with links (default); none: an empty one; host: the host itself',
          ),
        ),
        single: Maybe(Type.Boolean({ description: 'Only the predefined network of that name exists' })),
      }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    allocateNetwork: {
      doc: 'For global scope: reserves what a network needs in the whole cluster; its options go to createNetwork.',
      request: Closed({
        networkId: Id,
        options: StringMap('User options'),
        ipv4: Type.Array(IpamData),
        ipv6: Type.Array(IpamData),
      }),
      response: Open({ options: StringMap('Options for createNetwork') }),
      errors: ['NETWORK_EXISTS', 'NOT_SUPPORTED'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    freeNetwork: {
      doc: 'Undoes allocateNetwork.',
      request: OnNetwork,
      response: Open({}),
      errors: ['NOT_SUPPORTED'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    checkGateway: {
      doc: 'Whether a network with these options needs gateway addresses.',
      request: Closed({ options: Options }),
      response: Open({ skipIpv4: Type.Boolean(), skipIpv6: Type.Boolean() }),
      errors: ['NOT_SUPPORTED'],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    createNetwork: {
      doc: 'Makes a network. Called again with the same request after a restart, it puts back whatever is missing.',
      request: Closed({
        networkId: Id,
        name: Type.String({ description: 'Name given by the user, for messages and link names' }),
        options: Options,
        internal: Type.Boolean({ description: 'No way out of the network' }),
        enableIpv4: Type.Boolean(),
        enableIpv6: Type.Boolean(),
        ipv4: Type.Array(IpamData),
        ipv6: Type.Array(IpamData),
      }),
      response: Open({}),
      errors: ['NETWORK_EXISTS', 'NETWORK_OPTION_INVALID', 'NETWORK_PLUGIN_FAILED', 'POOL_OVERLAPS', 'HOST_LACKS'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    deleteNetwork: {
      doc: 'Removes a network and all that it has on the host. An unknown one is success.',
      request: OnNetwork,
      response: Open({}),
      errors: ['NETWORK_HAS_ENDPOINTS'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    createEndpoint: {
      doc: 'Reserves an endpoint. The answer holds only what the request left open, a MAC address for example.',
      request: Closed({
        networkId: Id,
        endpointId: Id,
        interface: EndpointInterface,
        exposedPorts: Type.Array(Closed({ protocol: OneOf(['tcp', 'udp', 'sctp']), port: Type.Integer() })),
        portBindings: Type.Array(PortBinding),
        options: Options,
      }),
      response: Open({ interface: EndpointInterface }),
      errors: ['NETWORK_NOT_FOUND', 'ENDPOINT_EXISTS', 'ADDRESS_IN_USE', 'PORT_IN_USE', 'NETWORK_OPTION_INVALID'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    endpointInfo: {
      doc: 'What the driver can tell of an endpoint for `docker inspect`.',
      request: OnEndpoint,
      response: Open({ value: Type.Record(Type.String(), Type.Unknown()) }),
      errors: ['NETWORK_NOT_FOUND', 'ENDPOINT_NOT_FOUND'],
      deadlineMs: 10_000,
      idempotent: true,
    },
    join: {
      doc: 'Makes the link of an endpoint, up to the point where the engine moves it into the sandbox.',
      request: Closed({
        networkId: Id,
        endpointId: Id,
        sandboxKey: Type.String({ description: 'Path of the network namespace' }),
        interfaceName: Maybe(
          Type.String({
            description:
              'Name that the link is to get. A driver that can makes it right there and answers `placed`, because ' +
              'moving a link between namespaces takes the kernel many milliseconds.',
          }),
        ),
        options: Options,
      }),
      response: JoinResult,
      errors: ['NETWORK_NOT_FOUND', 'ENDPOINT_NOT_FOUND', 'NETWORK_PLUGIN_FAILED', 'HOST_LACKS'],
      deadlineMs: 60_000,
      idempotent: false,
    },
    programExternal: {
      doc: "Publishes the ports of an endpoint that is its sandbox's way out; the answer tells the host ports.",
      request: Closed({ networkId: Id, endpointId: Id, options: Options }),
      response: Open({ ports: Type.Array(PortBinding) }),
      errors: ['NETWORK_NOT_FOUND', 'ENDPOINT_NOT_FOUND', 'PORT_IN_USE', 'NOT_SUPPORTED'],
      deadlineMs: 60_000,
      idempotent: true,
    },
    revokeExternal: {
      doc: 'Takes published ports back.',
      request: OnEndpoint,
      response: Open({}),
      errors: ['NOT_SUPPORTED'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    leave: {
      doc: 'Undoes join. The link may be gone already, together with its namespace.',
      request: OnEndpoint,
      response: Open({}),
      errors: [],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    deleteEndpoint: {
      doc: 'Undoes createEndpoint. An unknown one is success.',
      request: OnEndpoint,
      response: Open({}),
      errors: [],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    publishNames: {
      doc:
        'All names of a network, replacing those before: every name answers with every address that has it. ' +
        'They must go on being answered while the engine is not running.',
      request: Closed({
        networkId: Id,
        names: Type.Array(
          Closed({
            endpointId: Id,
            names: Type.Array(Type.String()),
            addresses: Type.Array(Address),
            askers: Maybe(Type.Array(Address, { description: 'They alone are answered; absent: everybody' })),
          }),
        ),
        upstream: Type.Array(Address, { description: 'Name servers for all other names' }),
      }),
      response: Open({}),
      errors: ['NETWORK_NOT_FOUND', 'NOT_SUPPORTED'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    discover: {
      doc: 'Tells of a node that came or went in a cluster.',
      request: Closed({ added: Type.Boolean(), kind: Type.Integer(), data: Options }),
      response: Open({}),
      errors: ['NOT_SUPPORTED'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
