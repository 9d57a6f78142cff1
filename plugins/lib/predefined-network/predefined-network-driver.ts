import { codedError, type Implementation, type networkDriver } from '@moby/contracts'

/** Which of the predefined networks a driver has. */
export interface PredefinedNetwork {
  /** Name of the driver, as clients and messages say it. */
  readonly driver: string
  /** Name of its one network, which is also the kind of its sandboxes. */
  readonly network: 'none' | 'host'
}

/**
 * A driver with one network, without links, addresses and ports.
 * Nothing is made on the host, so nothing needs to be kept or put back.
 */
export class PredefinedNetworkDriver implements Implementation<typeof networkDriver> {
  readonly #driver: string
  readonly #network: PredefinedNetwork['network']
  #networkId: string | undefined
  readonly #endpoints = new Set<string>()

  constructor({ driver, network }: PredefinedNetwork) {
    this.#driver = driver
    this.#network = network
  }

  readonly capabilities: Implementation<typeof networkDriver>['capabilities'] = async () => ({
    scope: 'local',
    connectivityScope: 'local',
    addresses: false,
    sandbox: this.#network,
    single: true,
  })

  readonly createNetwork: Implementation<typeof networkDriver>['createNetwork'] = async ({
    networkId,
    name,
    options,
    ipv4,
    ipv6,
  }) => {
    if (this.#networkId !== undefined && this.#networkId !== networkId) {
      throw codedError(
        'NETWORK_EXISTS',
        `Network ${name} cannot be made: only one instance of "${this.#driver}" network is allowed`,
        {
          hint: `Use the predefined network named ${this.#network}.`,
        },
      )
    }
    const [option] = Object.keys(options)
    if (option !== undefined) {
      throw codedError('NETWORK_OPTION_INVALID', `Network ${name}: the driver ${this.#driver} has no option ${option}`)
    }
    if (ipv4.length + ipv6.length > 0) {
      throw codedError('NETWORK_OPTION_INVALID', `Network ${name}: the driver ${this.#driver} has no addresses`)
    }
    this.#networkId = networkId
    return {}
  }

  readonly deleteNetwork: Implementation<typeof networkDriver>['deleteNetwork'] = async ({ networkId }) => {
    if (networkId !== this.#networkId) return {}
    if (this.#endpoints.size > 0) {
      throw codedError('NETWORK_HAS_ENDPOINTS', `Network ${networkId} still has ${this.#endpoints.size} endpoints`)
    }
    this.#networkId = undefined
    return {}
  }

  readonly createEndpoint: Implementation<typeof networkDriver>['createEndpoint'] = async ({
    networkId,
    endpointId,
  }) => {
    this.#requireNetwork(networkId)
    if (this.#endpoints.has(endpointId)) {
      throw codedError('ENDPOINT_EXISTS', `Endpoint ${endpointId} exists already on network ${networkId}`)
    }
    this.#endpoints.add(endpointId)
    return { interface: {} }
  }

  readonly endpointInfo: Implementation<typeof networkDriver>['endpointInfo'] = async (request) => {
    this.#requireEndpoint(request)
    return { value: {} }
  }

  readonly join: Implementation<typeof networkDriver>['join'] = async (request) => {
    this.#requireEndpoint(request)
    return { disableGatewayService: true }
  }

  /** Without a way out nothing can be published, with the host's nothing need be, and Docker clients expect no error. */
  readonly programExternal: Implementation<typeof networkDriver>['programExternal'] = async (request) => {
    this.#requireEndpoint(request)
    return { ports: [] }
  }

  readonly revokeExternal: Implementation<typeof networkDriver>['revokeExternal'] = async () => ({})

  readonly leave: Implementation<typeof networkDriver>['leave'] = async () => ({})

  readonly deleteEndpoint: Implementation<typeof networkDriver>['deleteEndpoint'] = async ({
    networkId,
    endpointId,
  }) => {
    if (networkId === this.#networkId) this.#endpoints.delete(endpointId)
    return {}
  }

  readonly allocateNetwork: Implementation<typeof networkDriver>['allocateNetwork'] = async () =>
    this.#refuse('global networks')
  readonly freeNetwork: Implementation<typeof networkDriver>['freeNetwork'] = async () =>
    this.#refuse('global networks')
  readonly checkGateway: Implementation<typeof networkDriver>['checkGateway'] = async () => this.#refuse('gateways')
  readonly publishNames: Implementation<typeof networkDriver>['publishNames'] = async () => this.#refuse('names')
  readonly discover: Implementation<typeof networkDriver>['discover'] = async () => this.#refuse('node discovery')

  #requireNetwork(networkId: string): void {
    if (networkId === this.#networkId) return
    throw codedError('NETWORK_NOT_FOUND', `There is no network ${networkId} at the driver ${this.#driver}`)
  }

  #requireEndpoint({ networkId, endpointId }: { networkId: string; endpointId: string }): void {
    this.#requireNetwork(networkId)
    if (this.#endpoints.has(endpointId)) return
    throw codedError('ENDPOINT_NOT_FOUND', `There is no endpoint ${endpointId} on network ${networkId}`)
  }

  #refuse(what: string): never {
    throw codedError('NOT_SUPPORTED', `The network driver ${this.#driver} does not do ${what}`)
  }
}
