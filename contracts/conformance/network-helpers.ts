import { randomBytes } from 'node:crypto'
import type { Implementation, RequestOf } from '../component/contract.ts'
import type { networkDriver } from '../network/index.ts'
import { freshSubnet } from './ip.ts'

/** What can be done around a network driver. */
export interface NetworkFixtures {
  /** Makes an empty network namespace. */
  readonly sandbox?: () => Promise<Sandbox>
  /** Names of the links in the namespace of the host. */
  readonly hostLinks?: () => Promise<readonly string[]>
  /** What a network of the driver cannot do without: a link of the host to stand on. */
  readonly networkOptions?: Readonly<Record<string, string>>
}

/** A network namespace at a path. */
export interface Sandbox {
  readonly key: string
  links(): Promise<readonly string[]>
  close(): Promise<void>
}

type Driver = Implementation<typeof networkDriver>
type EndpointRequest = RequestOf<typeof networkDriver, 'createEndpoint'>

/** A network that exists, and endpoints that are removed with it. */
export interface TestNetwork {
  readonly request: RequestOf<typeof networkDriver, 'createNetwork'>
  /** A request for another endpoint, with an address of the network where the driver needs one. */
  endpoint(): EndpointRequest
  addEndpoint(request: EndpointRequest): ReturnType<Driver['createEndpoint']>
}

/** The id of the one network that drivers with a predefined network have. */
const predefinedId = 'c0'.repeat(32)

/**
 * Makes a network, runs the check, and takes the network down whatever happened. A subject is given and no driver,
 * because after a restart the driver is another.
 */
export async function inNetwork<T>(
  holder: { readonly driver: Driver; readonly fixtures: NetworkFixtures },
  check: (network: TestNetwork) => Promise<T>,
): Promise<T> {
  const driver = () => holder.driver
  const request = await networkRequest(driver(), holder.fixtures.networkOptions ?? {})
  const { networkId } = request
  const subnet = request.ipv4[0]?.pool.replace(/\.0\/24$/, '')
  const endpoints: string[] = []
  let host = 10
  await driver().createNetwork(request)
  try {
    return await check({
      request,
      endpoint: () => ({
        networkId,
        endpointId: randomBytes(32).toString('hex'),
        interface: subnet === undefined ? {} : { address: `${subnet}.${host++}/24` },
        exposedPorts: [],
        portBindings: [],
        options: {},
      }),
      addEndpoint: (each) => {
        endpoints.push(each.endpointId)
        return driver().createEndpoint(each)
      },
    })
  } finally {
    for (const endpointId of endpoints) {
      await driver().leave({ networkId, endpointId })
      await driver().deleteEndpoint({ networkId, endpointId })
    }
    await driver().deleteNetwork({ networkId })
  }
}

async function networkRequest(driver: Driver, options: Record<string, string>): Promise<TestNetwork['request']> {
  const { addresses, single } = await driver.capabilities({})
  const { pool, address } = freshSubnet()
  return {
    networkId: single === true ? predefinedId : randomBytes(32).toString('hex'),
    name: 'conformance',
    options: { ...options },
    internal: false,
    enableIpv4: true,
    enableIpv6: false,
    ipv4: addresses ? [{ addressSpace: 'local', pool, gateway: `${address(1)}/24` }] : [],
    ipv6: [],
  }
}
