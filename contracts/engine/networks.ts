import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Maybe, OneOf, Open, StringMap } from '../component/schemas.ts'
import { EndpointSpec } from './container-spec.ts'

const ref = Type.String({ minLength: 1, description: 'Id, beginning of an id, or name' })
const Strings = Type.Array(Type.String())

export const IpamConfig = Closed({
  subnet: Maybe(Type.String()),
  range: Maybe(Type.String()),
  gateway: Maybe(Type.String()),
  auxAddresses: Maybe(StringMap('Reserved addresses')),
})

export const NetworkSpec = Closed({
  name: Type.String(),
  driver: Maybe(Type.String()),
  internal: Maybe(Type.Boolean()),
  attachable: Maybe(Type.Boolean()),
  enableIpv4: Maybe(Type.Boolean()),
  enableIpv6: Maybe(Type.Boolean()),
  options: Maybe(StringMap('For the driver')),
  labels: Maybe(StringMap('Of the network')),
  ipamDriver: Maybe(Type.String()),
  ipamOptions: Maybe(StringMap('For the IPAM driver')),
  ipam: Maybe(Type.Array(IpamConfig)),
  configOnly: Maybe(Type.Boolean({ description: 'No network, but the configuration of others' })),
  configFrom: Maybe(Type.String({ description: 'Name of the network whose configuration is taken' })),
})
export type NetworkSpec = Static<typeof NetworkSpec>

export const Network = Open({
  id: Type.String(),
  name: Type.String(),
  createdAt: Type.String(),
  predefined: Type.Boolean(),
  driver: Type.String(),
  scope: OneOf(['local', 'global']),
  internal: Type.Boolean(),
  attachable: Type.Boolean(),
  enableIpv4: Type.Boolean(),
  enableIpv6: Type.Boolean(),
  options: StringMap('As given'),
  labels: StringMap('As given'),
  ipamDriver: Type.String(),
  ipamOptions: Maybe(StringMap('As given')),
  ipam: Type.Array(IpamConfig),
  configOnly: Maybe(Type.Boolean()),
  configFrom: Maybe(Type.String()),
  containers: Type.Array(
    Open({
      id: Type.String(),
      name: Type.String(),
      endpointId: Type.String(),
      macAddress: Type.String(),
      address: Type.String(),
      addressIpv6: Type.String(),
    }),
  ),
  waitingFor: Maybe(Type.String()),
})
export type Network = Static<typeof Network>

export const engineNetworks = defineContract({
  id: 'engine.networks',
  version: '0.1.0',
  doc: 'Networks, as front-ends see them.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    create: {
      doc: 'Makes a network.',
      request: Closed({ spec: NetworkSpec }),
      response: Open({ id: Type.String(), warning: Type.String() }),
      errors: [
        'NETWORK_NAME_IN_USE',
        'NETWORK_NAME_INVALID',
        'DRIVER_UNKNOWN',
        'POOL_OVERLAPS',
        'POOL_INVALID',
        'POOLS_EXHAUSTED',
        'NETWORK_OPTION_INVALID',
        'NETWORK_PREDEFINED',
        'NETWORK_CONFIGURATION',
        'NETWORK_NOT_KNOWN',
        'NETWORK_PLUGIN_FAILED',
        'HOST_LACKS',
      ],
      deadlineMs: 60_000,
      idempotent: false,
    },
    inspect: {
      doc: 'One network.',
      request: Closed({ ref }),
      response: Network,
      errors: ['NETWORK_NOT_KNOWN', 'NETWORK_AMBIGUOUS'],
      deadlineMs: 30_000,
      idempotent: true,
    },
    list: {
      doc: 'Networks.',
      request: Closed({
        filter: Maybe(
          Closed({
            ids: Maybe(Strings),
            names: Maybe(Strings),
            drivers: Maybe(Strings),
            labels: Maybe(Strings),
            scopes: Maybe(Strings),
            types: Maybe(Type.Array(OneOf(['builtin', 'custom']))),
            dangling: Maybe(Type.Boolean()),
          }),
        ),
      }),
      response: Open({ networks: Type.Array(Network) }),
      errors: ['FILTER_INVALID'],
      deadlineMs: 30_000,
      idempotent: true,
    },
    remove: {
      doc: 'Removes a network that no container uses.',
      request: Closed({ ref }),
      response: Open({}),
      errors: ['NETWORK_NOT_KNOWN', 'NETWORK_AMBIGUOUS', 'NETWORK_IN_USE', 'NETWORK_PREDEFINED'],
      deadlineMs: 60_000,
      idempotent: false,
    },
    connect: {
      doc: 'Adds a container to a network, also while it runs.',
      request: Closed({ ref, container: Type.String(), endpoint: EndpointSpec }),
      response: Open({}),
      errors: [
        'NETWORK_NOT_KNOWN',
        'CONTAINER_NOT_FOUND',
        'ENDPOINT_EXISTS',
        'ADDRESS_IN_USE',
        'ADDRESS_OUTSIDE_POOL',
        'CONTAINER_STATE',
        'NETWORK_CONFIGURATION',
        'NOT_SUPPORTED',
      ],
      deadlineMs: 60_000,
      idempotent: false,
    },
    disconnect: {
      doc: 'Takes a container out of a network.',
      request: Closed({ ref, container: Type.String(), force: Maybe(Type.Boolean()) }),
      response: Open({}),
      errors: ['NETWORK_NOT_KNOWN', 'CONTAINER_NOT_FOUND', 'ENDPOINT_NOT_FOUND'],
      deadlineMs: 60_000,
      idempotent: false,
    },
    prune: {
      doc: 'Removes every network that the filter takes and no container uses.',
      request: Closed({ createdBefore: Maybe(Type.String()), labels: Maybe(Strings), notLabels: Maybe(Strings) }),
      response: Open({ removed: Strings }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
