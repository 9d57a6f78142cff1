import { describe, expect, test } from 'vitest'
import { PredefinedNetworkDriver } from './predefined-network-driver.ts'

const network = {
  networkId: 'n1',
  name: 'any',
  options: {},
  internal: false,
  enableIpv4: true,
  enableIpv6: false,
  ipv4: [],
  ipv6: [],
}
const endpoint = { networkId: 'n1', endpointId: 'e1' }
const wish = { ...endpoint, interface: {}, exposedPorts: [], portBindings: [], options: {} }

describe.each([
  { driver: 'null', network: 'none' },
  { driver: 'host', network: 'host' },
] as const)('the driver $driver', (predefined) => {
  test('a sandbox joins without link, addresses and ports', async () => {
    const driver = new PredefinedNetworkDriver(predefined)
    expect(await driver.capabilities({})).toMatchObject({ sandbox: predefined.network, single: true, addresses: false })
    await driver.createNetwork(network)
    await driver.createNetwork(network)
    expect(await driver.createEndpoint(wish)).toEqual({ interface: {} })
    const joined = await driver.join({ ...endpoint, sandboxKey: '/run/ns', options: {} })
    expect(joined.link).toBeUndefined()
    expect(await driver.programExternal({ ...endpoint, options: {} })).toEqual({ ports: [] })
  })

  test('there is one network, and it goes only after its endpoints', async () => {
    const driver = new PredefinedNetworkDriver(predefined)
    await driver.createNetwork(network)
    await expect(driver.createNetwork({ ...network, networkId: 'n2' })).rejects.toMatchObject({
      code: 'NETWORK_EXISTS',
      message: expect.stringContaining(`only one instance of "${predefined.driver}" network`) as unknown,
      hint: `Use the predefined network named ${predefined.network}.`,
    })
    await driver.createEndpoint(wish)
    await expect(driver.createEndpoint(wish)).rejects.toMatchObject({ code: 'ENDPOINT_EXISTS' })
    await expect(driver.deleteNetwork({ networkId: 'n1' })).rejects.toMatchObject({ code: 'NETWORK_HAS_ENDPOINTS' })
    await driver.deleteEndpoint(endpoint)
    await driver.deleteEndpoint(endpoint)
    await driver.deleteNetwork({ networkId: 'n1' })
    await driver.deleteNetwork({ networkId: 'n1' })
    await expect(driver.createEndpoint(wish)).rejects.toMatchObject({ code: 'NETWORK_NOT_FOUND' })
  })

  test('what cannot be is refused', async () => {
    const driver = new PredefinedNetworkDriver(predefined)
    const refused = { code: 'NETWORK_OPTION_INVALID' }
    await expect(driver.createNetwork({ ...network, options: { mtu: '1' } })).rejects.toMatchObject(refused)
    await expect(driver.publishNames({ networkId: 'n1', names: [], upstream: [] })).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
    })
  })
})
