import {
  codedError,
  hasCode,
  implement,
  networkDriver as contract,
  type IpamData,
  type Logger,
  type PortBinding,
  type RequestOf,
} from '@moby/contracts'
import { labels, networkAnswers, protocolNumbers } from '@moby/lib-docker-plugin-protocol'
import type { Plugin } from '../plugin.ts'
import { askOf } from './ask.ts'
import { checkJoin, fillInterface } from './check-endpoint.ts'
import type { NetworkRecords } from './network-records.ts'

/** Docker's NetworkDriver as a driver of `network.driver`. */
export function networkDriver(plugin: Plugin, records: NetworkRecords, log: Logger) {
  const ask = askOf(plugin, 'network')
  const { Nothing, ...answers } = networkAnswers
  /** Undoing is success also when there is nothing left to undo, which plugins tell in words alone. */
  const undo = async (method: string, body: object, call?: { signal?: AbortSignal | undefined }) => {
    try {
      await ask(`NetworkDriver.${method}`, Nothing, body, call)
    } catch (error) {
      if (!hasCode(error, 'PLUGIN_REFUSED')) throw error
      log.warn('A plugin did not undo what may have been gone already.', { plugin: plugin.name, error: error.message })
    }
    return {}
  }
  const optional = async (work: Promise<unknown>) => {
    try {
      await work
    } catch (error) {
      // Methods that came later to the protocol.
      if (!hasCode(error, 'PLUGIN_REFUSED') || error.details?.['status'] !== 404) throw error
    }
  }
  return implement(contract, {
    async capabilities(_request, call) {
      const told = await ask('NetworkDriver.GetCapabilities', answers.GetCapabilities, undefined, call)
      const scope = scopeOf(told.Scope, plugin.name)
      return {
        scope,
        connectivityScope: told.ConnectivityScope === '' ? scope : scopeOf(told.ConnectivityScope, plugin.name),
        addresses: true,
        gatewayCheck: told.GwAllocChecker,
        names: false,
        sandbox: 'own',
      }
    },
    async allocateNetwork({ networkId, options, ipv4, ipv6 }, call) {
      const { Options } = await ask(
        'NetworkDriver.AllocateNetwork',
        answers.AllocateNetwork,
        { NetworkID: networkId, Options: options, IPv4Data: ipv4.map(toData), IPv6Data: ipv6.map(toData) },
        call,
      )
      return { options: Options }
    },
    freeNetwork: ({ networkId }, call) => undo('FreeNetwork', { NetworkID: networkId }, call),
    async checkGateway({ options }, call) {
      const { SkipIPv4, SkipIPv6 } = await ask(
        'NetworkDriver.GwAllocCheck',
        answers.GwAllocCheck,
        { Options: { [labels.generic]: options } },
        call,
      )
      return { skipIpv4: SkipIPv4, skipIpv6: SkipIPv6 }
    },
    async createNetwork(request, call) {
      try {
        await ask('NetworkDriver.CreateNetwork', Nothing, toNetwork(request), call)
      } catch (error) {
        // A plugin that kept its networks over a restart refuses one that it has.
        if (!hasCode(error, 'PLUGIN_REFUSED') || !records.has(plugin.name, request.networkId)) throw error
        log.debug('A plugin has a network already.', { network: request.name, error: error.message })
      }
      records.add(plugin.name, request.networkId)
      return {}
    },
    async deleteNetwork({ networkId }, call) {
      await undo('DeleteNetwork', { NetworkID: networkId }, call)
      records.delete(plugin.name, networkId)
      return {}
    },
    async createEndpoint(request, call) {
      const which = { NetworkID: request.networkId, EndpointID: request.endpointId }
      const { address = '', addressIpv6 = '', macAddress = '' } = request.interface
      const { Interface } = await ask(
        'NetworkDriver.CreateEndpoint',
        answers.CreateEndpoint,
        {
          ...which,
          Interface: { Address: address, AddressIPv6: addressIpv6, MacAddress: macAddress },
          Options: {
            ...request.options,
            [labels.exposedPorts]: request.exposedPorts.map(({ protocol, port }) => ({
              Proto: protocolNumbers[protocol],
              Port: port,
            })),
            [labels.portMap]: request.portBindings.map(toBinding),
            ...(macAddress === ''
              ? {}
              : { [labels.macAddress]: Buffer.from(macAddress.replaceAll(':', ''), 'hex').toString('base64') }),
          },
        },
        call,
      )
      try {
        return { interface: fillInterface(request.interface, Interface, plugin.name) }
      } catch (error) {
        await undo('DeleteEndpoint', which)
        throw error
      }
    },
    async endpointInfo({ networkId, endpointId }, call) {
      const which = { NetworkID: networkId, EndpointID: endpointId }
      return { value: (await ask('NetworkDriver.EndpointOperInfo', answers.EndpointOperInfo, which, call)).Value }
    },
    async join({ networkId, endpointId, sandboxKey, options }, call) {
      const which = { NetworkID: networkId, EndpointID: endpointId }
      const told = await ask(
        'NetworkDriver.Join',
        answers.Join,
        { ...which, SandboxKey: sandboxKey, Options: options },
        call,
      )
      try {
        return checkJoin(told, plugin.name)
      } catch (error) {
        await undo('Leave', which)
        throw error
      }
    },
    async programExternal({ networkId, endpointId, options }, call) {
      const ports = (options['com.docker.network.portmap'] ?? []) as readonly PortBinding[]
      await optional(
        ask(
          'NetworkDriver.ProgramExternalConnectivity',
          Nothing,
          {
            NetworkID: networkId,
            EndpointID: endpointId,
            Options: { ...options, [labels.portMap]: ports.map(toBinding) },
          },
          call,
        ),
      )
      // The protocol has no words for ports that the plugin chose.
      return { ports: [...ports] }
    },
    async revokeExternal({ networkId, endpointId }, call) {
      const which = { NetworkID: networkId, EndpointID: endpointId }
      await optional(ask('NetworkDriver.RevokeExternalConnectivity', Nothing, which, call))
      return {}
    },
    leave: ({ networkId, endpointId }, call) => undo('Leave', { NetworkID: networkId, EndpointID: endpointId }, call),
    deleteEndpoint: ({ networkId, endpointId }, call) =>
      undo('DeleteEndpoint', { NetworkID: networkId, EndpointID: endpointId }, call),
    async publishNames() {
      throw codedError(
        'NOT_SUPPORTED',
        `The plugin ${plugin.name} answers no names: Docker's protocol has no words for it`,
      )
    },
    async discover({ added, kind, data }, call) {
      const method = added ? 'NetworkDriver.DiscoverNew' : 'NetworkDriver.DiscoverDelete'
      await optional(ask(method, Nothing, { DiscoveryType: kind, DiscoveryData: data }, call))
      return {}
    },
  })
}

function scopeOf(text: string, plugin: string): 'local' | 'global' {
  if (text === 'local' || text === 'global') return text
  throw codedError(
    'PLUGIN_ANSWER_INVALID',
    `The plugin ${plugin} has the scope ${JSON.stringify(text)}, not local or global`,
    {
      hint: 'it does not speak the plugin protocol well: report it to its authors',
      details: { plugin, scope: text },
    },
  )
}

function toNetwork(request: RequestOf<typeof contract, 'createNetwork'>): Record<string, unknown> {
  return {
    NetworkID: request.networkId,
    Options: {
      [labels.generic]: request.options,
      [labels.enableIpv4]: request.enableIpv4,
      [labels.enableIpv6]: request.enableIpv6,
      ...(request.internal ? { [labels.internal]: true } : {}),
    },
    IPv4Data: request.ipv4.map(toData),
    IPv6Data: request.ipv6.map(toData),
  }
}

/** Auxiliary addresses have the prefix length of their pool there. */
function toData({ addressSpace, pool, gateway, auxAddresses }: IpamData): Record<string, unknown> {
  const length = pool.split('/')[1] ?? ''
  return {
    AddressSpace: addressSpace,
    Pool: pool,
    ...(gateway === undefined ? {} : { Gateway: gateway }),
    ...(auxAddresses === undefined
      ? {}
      : {
          AuxAddresses: Object.fromEntries(
            Object.entries(auxAddresses).map(([name, each]) => [name, each.includes('/') ? each : `${each}/${length}`]),
          ),
        }),
  }
}

function toBinding(port: PortBinding): Record<string, unknown> {
  const hostPort = port.hostPort ?? 0
  return {
    Proto: protocolNumbers[port.protocol],
    IP: '',
    Port: port.containerPort,
    HostIP: port.hostIp ?? '',
    HostPort: hostPort,
    HostPortEnd: port.hostPortEnd ?? hostPort,
  }
}
