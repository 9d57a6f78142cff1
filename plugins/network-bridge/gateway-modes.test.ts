import { RouteSocket } from '@moby/lib-linux'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { networkRequest, TestHost } from './host.fixture.ts'

let host: TestHost
let neighbour: string

const option = (name: string) => `com.docker.network.bridge.${name}`
const web = { 'com.docker.network.portmap': [{ protocol: 'tcp', containerPort: 80, hostPort: 8080 }] }

/** A neighbour of the host that routes to the containers' own addresses by it. */
beforeEach(() => {
  host = new TestHost()
  neighbour = host.namespace('neighbour')
  const route = RouteSocket.open(host.path)
  const index = route.createVeth('out0', 'in0', { up: true, peer: { namespacePath: neighbour } })
  for (const address of ['192.0.2.1/24', '192.0.2.9/24']) route.addAddress(index, address)
  route.close()
  host.run(neighbour, 'ip', 'addr', 'add', '192.0.2.2/24', 'dev', 'in0')
  host.run(neighbour, 'ip', 'link', 'set', 'in0', 'up')
  host.run(neighbour, 'ip', 'route', 'add', '10.0.0.0/8', 'via', '192.0.2.1')
})

afterEach(() => host.remove())

async function network(number: number, options: Record<string, string>, servers: readonly number[] = [80, 81]) {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(number, { options }))
  const box = await host.connect(driver, number, 2)
  for (const port of servers) host.serve(box.sandboxKey, port, `port ${port}`)
  return { driver, box }
}

test('a routed network is reached at the published ports of its containers, which go out as themselves', async () => {
  const { driver, box } = await network(1, { [option('gateway_mode_ipv4')]: 'routed' })
  const { ports } = await driver.api.programExternal({ ...box, options: web })
  expect(ports.map(({ hostIp, hostPort }) => [hostIp, hostPort])).toEqual([
    ['0.0.0.0', 0],
    ['::', 8080],
  ])
  expect(await host.ask(neighbour, '10.1.0.2', 80)).toBe('port 80')
  expect(host.askOnce(neighbour, '10.1.0.2', 81)).toBe('nothing')
  expect(host.askOnce(neighbour, '192.0.2.1', 8080)).toBe('nothing')
  expect(host.run(neighbour, 'busybox', 'ping', '-c', '1', '-W', '5', '10.1.0.2')).toContain(' 0% packet loss')
  // The neighbour has no way back but by the host: with an address of the host it would not be told from it.
  host.run(neighbour, 'ip', 'route', 'del', '10.0.0.0/8')
  host.serve(neighbour, 90, 'neighbour')
  expect(host.askOnce(box.sandboxKey, '192.0.2.2', 90)).toBe('nothing')
  host.run(neighbour, 'ip', 'route', 'add', '10.0.0.0/8', 'via', '192.0.2.1')
  expect(await host.ask(box.sandboxKey, '192.0.2.2', 90)).toBe('neighbour')

  await driver.api.revokeExternal(box)
  expect(host.askOnce(neighbour, '10.1.0.2', 80)).toBe('nothing')
})

test('an unprotected network is reached at every port, by trusted links at the published ones', async () => {
  const { driver } = await network(1, { [option('gateway_mode_ipv4')]: 'nat-unprotected' })
  expect(await host.ask(neighbour, '10.1.0.2', 81)).toBe('port 81')
  await driver.api.createNetwork(networkRequest(2, { options: { [option('trusted_host_interfaces')]: 'x0:out0' } }))
  const box = await host.connect(driver, 2, 2)
  for (const port of [80, 81]) host.serve(box.sandboxKey, port, `port ${port}`)
  await driver.api.programExternal({ ...box, options: web })
  expect(await host.ask(neighbour, '192.0.2.1', 8080)).toBe('port 80')
  expect(await host.ask(neighbour, '10.2.0.2', 80)).toBe('port 80')
  expect(host.askOnce(neighbour, '10.2.0.2', 81)).toBe('nothing')
})

test('an isolated network has no address of the host, and has to be internal', async () => {
  const driver = await host.driver()
  const options = { [option('gateway_mode_ipv4')]: 'isolated' }
  await expect(driver.api.createNetwork(networkRequest(1, { options }))).rejects.toMatchObject({
    code: 'NETWORK_OPTION_INVALID',
  })
  expect(await driver.api.checkGateway({ options })).toEqual({ skipIpv4: true, skipIpv6: false })
  await driver.api.createNetwork(networkRequest(1, { options, internal: true }))
  await driver.api.createNetwork(networkRequest(2, { options: { [option('inhibit_ipv4')]: 'true' } }))
  const [first, second] = [await host.connect(driver, 1, 2), await host.connect(driver, 1, 3)]
  host.serve(first.sandboxKey, 80, 'first')
  expect(await host.ask(second.sandboxKey, first.address, 80)).toBe('first')
  expect(first.joined).toMatchObject({ nameServers: [] })
  expect(host.run(host.path, 'ip', '-o', 'addr')).not.toMatch(/10\.[12]\.0\.1/)
})

test('containers go out with the address that was chosen for their network', async () => {
  const { box } = await network(1, { 'com.docker.network.host_ipv4': '192.0.2.9' }, [])
  host.run(neighbour, 'ip', 'route', 'del', '10.0.0.0/8')
  host.serve(neighbour, 90, 'neighbour')
  expect(await host.ask(box.sandboxKey, '192.0.2.2', 90)).toBe('neighbour')
  // Of all addresses of the host the neighbour no longer answers this one.
  host.run(neighbour, 'ip', 'route', 'add', 'blackhole', '192.0.2.9/32')
  expect(host.askOnce(box.sandboxKey, '192.0.2.2', 90)).toBe('nothing')
})
