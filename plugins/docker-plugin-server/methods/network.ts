import type { Implementation, IpamData, networkDriver, PortBinding } from '@moby/contracts'
import { flag, labels, networkRequests, protocolNumbers, shape, table, text } from '@moby/lib-docker-plugin-protocol'
import { method, type ServedMethods } from './method.ts'

type Driver = Implementation<typeof networkDriver>
type Options = Readonly<Record<string, unknown>>

/** `NetworkDriver.*` in front of a network driver. Docker does not tell names of networks: their ids serve. */
export function networkMethods(driver: Driver): ServedMethods {
  const requests = networkRequests
  return {
    'NetworkDriver.GetCapabilities': method(shape({}), async (_request, signal) => {
      const told = await driver.capabilities({}, { signal })
      return {
        Scope: told.scope,
        ConnectivityScope: told.connectivityScope,
        GwAllocChecker: told.gatewayCheck === true,
      }
    }),
    'NetworkDriver.AllocateNetwork': method(requests.AllocateNetwork, async (request, signal) => {
      const { options } = await driver.allocateNetwork(
        {
          networkId: request.NetworkID,
          options: request.Options,
          ipv4: request.IPv4Data.map(toData),
          ipv6: request.IPv6Data.map(toData),
        },
        { signal },
      )
      return { Options: options }
    }),
    'NetworkDriver.FreeNetwork': method(requests.ByNetwork, async ({ NetworkID }, signal) => {
      await driver.freeNetwork({ networkId: NetworkID }, { signal })
      return {}
    }),
    'NetworkDriver.GwAllocCheck': method(requests.GwAllocCheck, async ({ Options }, signal) => {
      const { skipIpv4, skipIpv6 } = await driver.checkGateway({ options: genericOf(Options) }, { signal })
      return { SkipIPv4: skipIpv4, SkipIPv6: skipIpv6 }
    }),
    'NetworkDriver.CreateNetwork': method(requests.CreateNetwork, async (request, signal) => {
      const { NetworkID, Options, IPv4Data, IPv6Data } = request
      await driver.createNetwork(
        {
          networkId: NetworkID,
          name: NetworkID.slice(0, 12),
          options: genericOf(Options),
          internal: flag(Options[labels.internal], `/Options/${labels.internal}`),
          // Engines before 28 do not have this option: every network has IPv4 there.
          enableIpv4: flag(Options[labels.enableIpv4] ?? true, `/Options/${labels.enableIpv4}`),
          enableIpv6: flag(Options[labels.enableIpv6], `/Options/${labels.enableIpv6}`),
          ipv4: IPv4Data.map(toData),
          ipv6: IPv6Data.map(toData),
        },
        { signal },
      )
      return {}
    }),
    'NetworkDriver.DeleteNetwork': method(requests.ByNetwork, async ({ NetworkID }, signal) => {
      await driver.deleteNetwork({ networkId: NetworkID }, { signal })
      return {}
    }),
    'NetworkDriver.CreateEndpoint': method(requests.CreateEndpoint, async (request, signal) => {
      const { NetworkID, EndpointID, Options, Interface } = request
      const { Address = '', AddressIPv6 = '', MacAddress = '' } = Interface ?? {}
      const { interface: filled } = await driver.createEndpoint(
        {
          networkId: NetworkID,
          endpointId: EndpointID,
          interface: {
            ...(Address === '' ? {} : { address: Address }),
            ...(AddressIPv6 === '' ? {} : { addressIpv6: AddressIPv6 }),
            ...(MacAddress === '' ? {} : { macAddress: MacAddress }),
          },
          exposedPorts: requests.ExposedPorts(Options[labels.exposedPorts]).map(({ Proto, Port }) => ({
            protocol: protocolOf(Proto),
            port: Port,
          })),
          portBindings: bindingsOf(Options),
          options: Options,
        },
        { signal },
      )
      return {
        Interface: {
          Address: filled.address ?? '',
          AddressIPv6: filled.addressIpv6 ?? '',
          MacAddress: filled.macAddress ?? '',
        },
      }
    }),
    'NetworkDriver.EndpointOperInfo': method(requests.ByEndpoint, async (request, signal) => {
      return { Value: (await driver.endpointInfo(which(request), { signal })).value }
    }),
    'NetworkDriver.Join': method(requests.Join, async (request, signal) => {
      const { SandboxKey, Options } = request
      const joined = await driver.join({ ...which(request), sandboxKey: SandboxKey, options: Options }, { signal })
      const { link } = joined
      return {
        ...(link === undefined
          ? {}
          : { InterfaceName: { SrcName: link.source, DstPrefix: link.prefix, DstName: link.name ?? '' } }),
        Gateway: joined.gateway ?? '',
        GatewayIPv6: joined.gatewayIpv6 ?? '',
        StaticRoutes: (joined.routes ?? []).map(({ destination, kind, nextHop = '' }) => ({
          Destination: destination,
          RouteType: kind === 'connected' ? 1 : 0,
          NextHop: nextHop,
        })),
        DisableGatewayService: joined.disableGatewayService === true,
      }
    }),
    'NetworkDriver.ProgramExternalConnectivity': method(
      requests.ProgramExternalConnectivity,
      async (request, signal) => {
        const options = { ...request.Options, [labels.portMap]: bindingsOf(request.Options) }
        await driver.programExternal({ ...which(request), options }, { signal })
        return {}
      },
    ),
    'NetworkDriver.RevokeExternalConnectivity': method(requests.ByEndpoint, async (request, signal) => {
      await driver.revokeExternal(which(request), { signal })
      return {}
    }),
    'NetworkDriver.Leave': method(requests.ByEndpoint, async (request, signal) => {
      await driver.leave(which(request), { signal })
      return {}
    }),
    'NetworkDriver.DeleteEndpoint': method(requests.ByEndpoint, async (request, signal) => {
      await driver.deleteEndpoint(which(request), { signal })
      return {}
    }),
    'NetworkDriver.DiscoverNew': method(requests.Discovery, discover(driver, true)),
    'NetworkDriver.DiscoverDelete': method(requests.Discovery, discover(driver, false)),
  }
}

function which({ NetworkID, EndpointID }: { NetworkID: string; EndpointID: string }) {
  return { networkId: NetworkID, endpointId: EndpointID }
}

function discover(driver: Driver, added: boolean) {
  return async (
    { DiscoveryType, DiscoveryData }: { DiscoveryType: number; DiscoveryData: Record<string, unknown> },
    signal: AbortSignal,
  ) => {
    await driver.discover({ added, kind: DiscoveryType, data: DiscoveryData }, { signal })
    return {}
  }
}

function genericOf(options: Options): Record<string, string> {
  return table(text())(options[labels.generic], `/Options/${labels.generic}`)
}

function toData(data: {
  AddressSpace: string
  Pool: string
  Gateway: string
  AuxAddresses: Record<string, string>
}): IpamData {
  return {
    addressSpace: data.AddressSpace,
    pool: data.Pool,
    ...(data.Gateway === '' ? {} : { gateway: data.Gateway }),
    ...(Object.keys(data.AuxAddresses).length === 0 ? {} : { auxAddresses: data.AuxAddresses }),
  }
}

function bindingsOf(options: Options): PortBinding[] {
  return networkRequests.PortMap(options[labels.portMap]).map(({ Proto, Port, HostIP, HostPort, HostPortEnd }) => ({
    protocol: protocolOf(Proto),
    containerPort: Port,
    ...(HostIP === '' ? {} : { hostIp: HostIP }),
    ...(HostPort === 0 ? {} : { hostPort: HostPort }),
    ...(HostPortEnd === 0 ? {} : { hostPortEnd: HostPortEnd }),
  }))
}

function protocolOf(number: number): PortBinding['protocol'] {
  if (number === protocolNumbers.udp) return 'udp'
  return number === protocolNumbers.sctp ? 'sctp' : 'tcp'
}
