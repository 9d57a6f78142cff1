import { codedError, type Logger, type RequestOf, type networkDriver } from '@moby/contracts'
import type { Host } from './host.ts'
import { macOf, portPrefix, vethNames } from './link-names.ts'
import type { EndpointRecord, NetworkRecord, Records } from './records.ts'

type CreateRequest = RequestOf<typeof networkDriver, 'createEndpoint'>

interface EndpointKey {
  readonly networkId: string
  readonly endpointId: string
}

const linkNameOption = 'com.docker.network.endpoint.ifname'

/** The endpoints of the driver and their records. */
export class EndpointBook {
  readonly #records: Records
  readonly #endpoints = new Map<string, EndpointRecord>()

  constructor(records: Records) {
    this.#records = records
  }

  /**
   * Reads back the endpoints of an earlier process. Those whose link is gone (the host was booted, the sandbox was
   * deleted) are forgotten, and links that belong to none of them are removed.
   */
  async load(host: Host, instanceId: string, log: Logger): Promise<void> {
    const ports = new Map(
      host.route
        .links()
        .flatMap((link) => (link.name.startsWith(portPrefix(instanceId)) ? [[link.name, link.index]] : [])),
    )
    for (const record of this.#records.endpoints()) {
      const { port } = vethNames(instanceId, record.networkId, record.endpointId)
      if (ports.delete(port)) this.#endpoints.set(keyOf(record), record)
      else this.#records.deleteEndpoint(record.networkId, record.endpointId)
    }
    for (const [name, index] of ports) {
      log.warn('a link of an unknown endpoint was removed', { link: name })
      await host.route.removeLinkInBackground(index)
    }
  }

  values(): EndpointRecord[] {
    return [...this.#endpoints.values()]
  }

  find(key: EndpointKey): EndpointRecord | undefined {
    return this.#endpoints.get(keyOf(key))
  }

  /** Fails with ENDPOINT_NOT_FOUND. */
  get(key: EndpointKey): EndpointRecord {
    const record = this.find(key)
    if (record !== undefined) return record
    throw codedError('ENDPOINT_NOT_FOUND', `There is no endpoint ${key.endpointId} on network ${key.networkId}`)
  }

  countOn(networkId: string): number {
    return this.values().filter((endpoint) => endpoint.networkId === networkId).length
  }

  /** Fails with ENDPOINT_EXISTS, ADDRESS_IN_USE or NETWORK_OPTION_INVALID. */
  create(network: NetworkRecord, request: CreateRequest): EndpointRecord {
    if (this.find(request) !== undefined) {
      throw codedError('ENDPOINT_EXISTS', `Endpoint ${request.endpointId} exists already on network ${network.name}`)
    }
    const { address, addressIpv6, macAddress } = request.interface
    this.#refuseTaken(network, address, addressIpv6)
    const linkName = readLinkName(request)
    const record: EndpointRecord = {
      networkId: request.networkId,
      endpointId: request.endpointId,
      ...(address === undefined ? {} : { address }),
      ...(addressIpv6 === undefined ? {} : { addressIpv6 }),
      macAddress: checkMac(macAddress) ?? macOf(address, request.endpointId),
      ...(linkName === undefined ? {} : { linkName }),
      exposedPorts: request.exposedPorts,
      bindings: request.portBindings,
      published: [],
    }
    this.put(record)
    return record
  }

  put(record: EndpointRecord): void {
    this.#records.putEndpoint(record)
    this.#endpoints.set(keyOf(record), record)
  }

  delete(key: EndpointKey): void {
    this.#endpoints.delete(keyOf(key))
    this.#records.deleteEndpoint(key.networkId, key.endpointId)
  }

  #refuseTaken(network: NetworkRecord, ...addresses: (string | undefined)[]): void {
    for (const other of this.#endpoints.values()) {
      if (other.networkId !== network.networkId) continue
      const taken = addresses.find((one) => one !== undefined && (one === other.address || one === other.addressIpv6))
      if (taken === undefined) continue
      throw codedError('ADDRESS_IN_USE', `Address already in use: ${taken} on network ${network.name}`, {
        details: { address: taken, endpointId: other.endpointId },
      })
    }
  }
}

/** One text for an endpoint of a network. */
export function keyOf({ networkId, endpointId }: EndpointKey): string {
  return `${networkId}/${endpointId}`
}

/** Docker sends ports in options as well as in fields; here the fields count. */
const repeated = new Set(['com.docker.network.endpoint.exposedports', 'com.docker.network.portmap'])

function readLinkName({ options, endpointId }: CreateRequest): string | undefined {
  const unknown = Object.keys(options).find((key) => key !== linkNameOption && !repeated.has(key))
  if (unknown !== undefined) {
    throw codedError('NETWORK_OPTION_INVALID', `Endpoint ${endpointId}: the driver bridge has no option ${unknown}`, {
      hint: `It has ${linkNameOption}.`,
    })
  }
  const name = options[linkNameOption]
  if (name === undefined) return undefined
  if (typeof name === 'string' && /^[^\s/:]{1,15}$/.test(name) && name !== '.' && name !== '..' && name !== 'lo')
    return name
  throw codedError('NETWORK_OPTION_INVALID', `Endpoint ${endpointId}: ${linkNameOption} cannot be '${String(name)}'`)
}

function checkMac(mac: string | undefined): string | undefined {
  if (mac === undefined || mac === '') return undefined
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) return mac.toLowerCase()
  throw codedError('NETWORK_OPTION_INVALID', `'${mac}' is not a MAC address`, {
    hint: 'Write it as 02:42:ac:11:00:02.',
  })
}
