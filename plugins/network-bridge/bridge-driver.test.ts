import { afterEach, beforeEach, expect, test } from 'vitest'
import { RouteSocket } from '@moby/lib-linux'
import { networkRequest, ports, tcp, TestHost } from './host.fixture.ts'

let host: TestHost

beforeEach(() => {
  host = new TestHost()
})

afterEach(() => host.remove())

test('containers of one network reach each other, those of another do not', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await driver.api.createNetwork(networkRequest(2))
  const first = await host.connect(driver, 1, 2)
  const second = await host.connect(driver, 1, 3)
  const stranger = await host.connect(driver, 2, 2)
  host.serve(first.sandboxKey, 80, 'first')
  expect(first.joined).toMatchObject({
    link: { source: 'eth0', placed: true },
    gateway: '10.1.0.1',
    nameServers: ['10.1.0.1'],
  })
  expect(await host.ask(second.sandboxKey, first.address, 80)).toBe('first')
  expect(await host.ask(host.path, first.address, 80)).toBe('first')
  expect(host.askOnce(stranger.sandboxKey, first.address, 80)).toBe('nothing')
})

test('a container gets out with an address of the host, of an internal network it does not', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await driver.api.createNetwork(networkRequest(2, { internal: true }))
  const neighbour = host.addNeighbour()
  host.serve(neighbour, 80, 'outside')
  const outgoing = await host.connect(driver, 1, 2)
  const inner = await host.connect(driver, 2, 2)
  const innerFriend = await host.connect(driver, 2, 3)
  host.serve(innerFriend.sandboxKey, 80, 'friend')
  expect(await host.ask(outgoing.sandboxKey, '192.0.2.2', 80)).toBe('outside')
  expect(inner.joined.gateway).toBeUndefined()
  host.run(inner.sandboxKey, 'ip', 'route', 'add', 'default', 'via', '10.2.0.1')
  expect(host.askOnce(inner.sandboxKey, '192.0.2.2', 80)).toBe('nothing')
  expect(await host.ask(inner.sandboxKey, innerFriend.address, 80)).toBe('friend')
  const answer = await driver.api.programExternal({ ...inner, options: ports(tcp(80, { hostPort: 8080 })) })
  expect(answer.ports).toEqual([])
})

test('without communication between containers they reach the gateway only', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1, { options: { 'com.docker.network.bridge.enable_icc': 'false' } }))
  const [first, second] = [await host.connect(driver, 1, 2), await host.connect(driver, 1, 3)]
  host.serve(first.sandboxKey, 80, 'first')
  host.serve(host.path, 7070, 'host')
  expect(await host.ask(second.sandboxKey, '10.1.0.1', 7070)).toBe('host')
  expect(host.askOnce(second.sandboxKey, first.address, 80)).toBe('nothing')
  await driver.api.programExternal({ ...first, options: ports(tcp(80, { hostPort: 8080 })) })
  expect(await host.ask(second.sandboxKey, '10.1.0.1', 8080)).toBe('first')
})

test('options set MTU, bridge, link names and the address of published ports', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(
    networkRequest(1, {
      options: {
        'com.docker.network.driver.mtu': '1400',
        'com.docker.network.bridge.name': 'mybridge',
        'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1',
        'com.docker.network.container_iface_prefix': 'lan',
      },
    }),
  )
  const sandboxKey = host.namespace('box')
  const which = { networkId: 'network-1', endpointId: 'box' }
  const made = await driver.api.createEndpoint({
    ...which,
    interface: { address: '10.1.0.9/24' },
    exposedPorts: [],
    portBindings: [tcp(80, { hostPort: 8080 })],
    options: {},
  })
  expect(made.interface).toEqual({ macAddress: '02:42:0a:01:00:09' })
  const joined = await driver.api.join({ ...which, sandboxKey, interfaceName: 'eth0', options: {} })
  expect(joined.link).toMatchObject({ prefix: 'lan', name: 'lan0', placed: true })
  const [route, inside] = [RouteSocket.open(host.path), RouteSocket.open(sandboxKey)]
  expect(route.linkByName('mybridge')?.mtu).toBe(1400)
  expect(inside.linkByName('lan0')).toMatchObject({ mtu: 1400, mac: '02:42:0a:01:00:09' })
  for (const socket of [route, inside]) socket.close()
  const { ports: published } = await driver.api.programExternal({ ...which, options: {} })
  expect(published[0]).toMatchObject({ hostIp: '127.0.0.1', hostPort: 8080 })
  expect((await driver.api.programExternal({ ...which, options: {} })).ports).toEqual(published)
})

test('an engine that places no links gets one to move', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const which = { networkId: 'network-1', endpointId: 'box' }
  await driver.api.createEndpoint({ ...which, interface: {}, exposedPorts: [], portBindings: [], options: {} })
  const joined = await driver.api.join({ ...which, sandboxKey: host.namespace('box'), options: {} })
  expect(joined.link).toEqual({ source: expect.stringContaining(host.instanceId), prefix: 'eth' })
  const route = RouteSocket.open(host.path)
  expect(route.linkByName(joined.link?.source ?? '')).toBeDefined()
  route.close()
})

test.each([
  [{ 'com.docker.network.bridge.colour': 'red' }, 'has no option com.docker.network.bridge.colour'],
  [{ 'com.docker.network.driver.mtu': 'large' }, "cannot be 'large'"],
  [{ 'com.docker.network.bridge.enable_icc': 'maybe' }, "cannot be 'maybe'"],
  [{ 'com.docker.network.bridge.name': 'a name that is too long' }, 'cannot be'],
  [{ 'com.docker.network.bridge.gateway_mode_ipv4': 'nope' }, "cannot be 'nope'"],
  [{ 'com.docker.network.bridge.name': 'lo' }, 'lo of the host is no bridge'],
])('the options %j are refused and leave nothing', async (options, message) => {
  const driver = await host.driver()
  await expect(driver.api.createNetwork(networkRequest(1, { options }))).rejects.toThrow(message)
  expect(host.bridgeNames()).toEqual([])
  await expect(driver.api.deleteNetwork({ networkId: 'network-1' })).resolves.toEqual({})
})

test('a bridge of somebody else is used and stays', async () => {
  host.run(host.path, 'ip', 'link', 'add', 'theirs', 'type', 'bridge')
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1, { options: { 'com.docker.network.bridge.name': 'theirs' } }))
  await expect(
    driver.api.createNetwork(networkRequest(2, { options: { 'com.docker.network.bridge.name': 'theirs' } })),
  ).rejects.toThrow('belongs to network net1')
  await driver.api.deleteNetwork({ networkId: 'network-1' })
  expect(host.bridgeNames()).toEqual(['theirs'])
})

test('networks, endpoints and addresses are told apart', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await expect(driver.api.createNetwork({ ...networkRequest(1), networkId: 'other' })).rejects.toMatchObject({
    code: 'POOL_OVERLAPS',
  })
  const box = await host.connect(driver, 1, 2)
  const wish = { ...box, interface: { address: '10.1.0.2/24' }, exposedPorts: [], portBindings: [], options: {} }
  await expect(driver.api.createEndpoint(wish)).rejects.toMatchObject({ code: 'ENDPOINT_EXISTS' })
  await expect(driver.api.createEndpoint({ ...wish, endpointId: 'e' })).rejects.toMatchObject({
    code: 'ADDRESS_IN_USE',
  })
  await expect(driver.api.createEndpoint({ ...wish, networkId: 'n' })).rejects.toMatchObject({
    code: 'NETWORK_NOT_FOUND',
  })
  await expect(driver.api.deleteNetwork({ networkId: 'network-1' })).rejects.toMatchObject({
    code: 'NETWORK_HAS_ENDPOINTS',
  })
  await driver.api.leave(box)
  await driver.api.leave(box)
  await driver.api.deleteEndpoint(box)
  await driver.api.deleteEndpoint(box)
  await driver.api.deleteNetwork({ networkId: 'network-1' })
  await driver.api.deleteNetwork({ networkId: 'network-1' })
})

test('nothing is left on the host when the last network goes, or when all is stopped', async () => {
  host.run(host.path, 'nft', 'add', 'table', 'ip', 'theirs')
  const clean = () => [
    host.bridgeNames(),
    host.run(host.path, 'nft', 'list', 'tables').trim(),
    host.run(host.path, 'ip', '-br', 'link').trim().split('\n').length,
  ]
  const before = clean()
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await driver.api.deleteNetwork({ networkId: 'network-1' })
  expect(clean()).toEqual(before)
  await driver.api.createNetwork(networkRequest(1))
  const box = await host.connect(driver, 1, 2)
  await driver.api.programExternal({ ...box, options: ports(tcp(80, { hostPort: 8080 })) })
  await driver.stop('stop-containers')
  expect(clean()).toEqual(before)
})

test('a chain of others that drops forwarded packets is told when nothing can be done', async () => {
  host.run(
    host.path,
    'nft',
    'add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }',
  )
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const words = host.degradations.join()
  const hasIptables = host.run(host.path, 'sh', '-c', 'command -v iptables || true').trim() !== ''
  if (!hasIptables) expect(words).toContain('chain FORWARD of table ip filter drops forwarded packets')
})
