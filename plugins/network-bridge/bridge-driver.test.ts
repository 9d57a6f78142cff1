import { afterEach, beforeEach, expect, test } from 'vitest'
import { RouteSocket } from '@moby/lib-linux'
import { networkRequest, TestHost } from './host.fixture.ts'

let host: TestHost

beforeEach(() => {
  host = new TestHost()
})

afterEach(() => host.remove())

const tcp = (containerPort: number, more: object = {}) => ({ protocol: 'tcp' as const, containerPort, ...more })
const ports = (...bindings: object[]) => ({ 'com.docker.network.portmap': bindings })

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

test('a published port answers on loopback, on the gateway, to neighbours and to containers', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await driver.api.createNetwork(networkRequest(2))
  const server = await host.connect(driver, 1, 2)
  const sibling = await host.connect(driver, 1, 3)
  const stranger = await host.connect(driver, 2, 2)
  const neighbour = await addNeighbour()
  host.serve(server.sandboxKey, 80, 'served')
  const answer = await driver.api.programExternal({ ...server, options: ports(tcp(80, { hostPort: 8080 })) })
  const told = { protocol: 'tcp', containerPort: 80, hostPort: 8080 }
  expect(answer.ports).toEqual(['0.0.0.0', '::'].map((hostIp) => ({ ...told, hostIp })))
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('served')
  expect(await host.ask(host.path, '10.1.0.1', 8080)).toBe('served')
  expect(await host.ask(neighbour, '192.0.2.1', 8080)).toBe('served')
  expect(await host.ask(sibling.sandboxKey, '10.1.0.1', 8080)).toBe('served')
  expect(await host.ask(server.sandboxKey, '10.1.0.1', 8080)).toBe('served')
  expect(await host.ask(stranger.sandboxKey, '192.0.2.1', 8080)).toBe('served')
  expect(host.askOnce(neighbour, server.address, 80)).toBe('nothing')

  await driver.api.revokeExternal(server)
  await driver.api.revokeExternal(server)
  expect(host.askOnce(host.path, '127.0.0.1', 8080)).toBe('nothing')
})

test('a container gets out with an address of the host, of an internal network it does not', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await driver.api.createNetwork(networkRequest(2, { internal: true }))
  const neighbour = await addNeighbour()
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

test('a port on loopback is not reached by neighbours that route loopback addresses here', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const server = await host.connect(driver, 1, 2)
  const neighbour = await addNeighbour()
  host.serve(server.sandboxKey, 80, 'private')
  await driver.api.programExternal({ ...server, options: ports(tcp(80, { hostPort: 8080, hostIp: '127.0.0.1' })) })
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('private')
  expect(host.askOnce(host.path, '10.1.0.1', 8080)).toBe('nothing')
  host.run(neighbour, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet')
  host.run(neighbour, 'ip', 'addr', 'del', '127.0.0.1/8', 'dev', 'lo')
  host.run(neighbour, 'ip', 'route', 'add', '127.0.0.1/32', 'via', '192.0.2.1')
  expect(host.askOnce(neighbour, '127.0.0.1', 8080)).toBe('nothing')
})

test('a host port is given once, whoever has it', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const [first, second] = [await host.connect(driver, 1, 2), await host.connect(driver, 1, 3)]
  const publish = (box: { networkId: string; endpointId: string }, ...bindings: object[]) =>
    driver.api.programExternal({ ...box, options: ports(...bindings) })
  await publish(first, tcp(80, { hostPort: 8080 }))
  await expect(publish(second, tcp(81), tcp(80, { hostPort: 8080 }))).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: 'Bind for 0.0.0.0:8080 failed: port is already allocated',
  })
  await expect(publish(second, tcp(80, { hostPort: 8080, hostIp: '127.0.0.1' }))).rejects.toMatchObject({
    code: 'PORT_IN_USE',
  })
  expect((await publish(second, tcp(80, { hostPort: 8080, hostPortEnd: 8081 }))).ports[0]?.hostPort).toBe(8081)
  host.serve(host.path, 9090, 'mine')
  expect(await host.ask(host.path, '127.0.0.1', 9090)).toBe('mine')
  await expect(publish(second, tcp(80, { hostPort: 9090 }))).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  const chosen = await publish(second, tcp(80), { protocol: 'udp', containerPort: 53 })
  expect(chosen.ports.map((port) => port.hostPort).every((port) => (port ?? 0) >= 32_768)).toBe(true)
  await expect(publish(second, tcp(80, { hostIp: '203.0.113.9' }))).rejects.toMatchObject({ code: 'ADDRESS_INVALID' })
  const overSctp = { protocol: 'sctp', containerPort: 80, hostIp: '::' }
  await expect(publish(second, overSctp)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
})

test('when the process dies ports stay published, and the next process holds them', async () => {
  const before = await host.driver()
  await before.api.createNetwork(networkRequest(1))
  const server = await host.connect(before, 1, 2)
  const lost = await host.connect(before, 1, 3)
  host.serve(server.sandboxKey, 80, 'served')
  await before.api.programExternal({ ...server, options: ports(tcp(80, { hostPort: 8080 })) })
  await before.api.programExternal({ ...lost, options: ports(tcp(80, { hostPort: 8081 })) })
  host.run(lost.sandboxKey, 'ip', 'link', 'del', 'eth0')
  // What a killed process leaves: its sockets are closed, its rules and links stay.
  await before.stop('leave-containers')
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('served')
  host.run(host.path, 'ip', 'link', 'add', `v${host.instanceId}stray`, 'type', 'bridge')

  const after = await host.driver()
  expect(() => host.run(host.path, 'busybox', 'nc', '-l', '-p', '8080', '-w', '1')).toThrow()
  await after.api.createNetwork(networkRequest(1))
  const rules = host.run(host.path, 'nft', 'list', 'ruleset')
  expect(rules).toContain('8080')
  expect(rules).not.toContain('8081')
  expect(host.run(host.path, 'ip', '-br', 'link')).not.toContain('stray')
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('served')
  expect((await after.api.endpointInfo(server)).value['com.docker.network.portmap']).toHaveLength(2)
  await expect(after.api.endpointInfo(lost)).rejects.toMatchObject({ code: 'ENDPOINT_NOT_FOUND' })
})

test('what others took away is put back when the network is made again', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const server = await host.connect(driver, 1, 2)
  host.serve(server.sandboxKey, 80, 'served')
  await driver.api.programExternal({ ...server, options: ports(tcp(80, { hostPort: 8080 })) })
  host.run(host.path, 'nft', 'flush', 'ruleset')
  host.run(host.path, 'ip', 'addr', 'flush', 'dev', bridgeNames()[0] ?? '')
  await driver.api.createNetwork(networkRequest(1))
  await driver.stop('leave-containers')
  await (await host.driver()).api.createNetwork(networkRequest(1))
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('served')
})

test('a firewall that was flushed is programmed anew by the next change', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const [first, second] = [await host.connect(driver, 1, 2), await host.connect(driver, 1, 3)]
  host.serve(first.sandboxKey, 80, 'first')
  await driver.api.programExternal({ ...first, options: ports(tcp(80, { hostPort: 8080 })) })
  host.run(host.path, 'nft', 'flush', 'ruleset')
  await driver.api.programExternal({ ...second, options: ports(tcp(80, { hostPort: 8081 })) })
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('first')
  expect(host.warnings.join()).toContain('programmed anew')
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
  expect(bridgeNames()).toEqual([])
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
  expect(bridgeNames()).toEqual(['theirs'])
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
    bridgeNames(),
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

test('without firewall nothing can be published, and the rest works', async () => {
  const driver = await host.driver({ firewall: 'none' })
  await driver.api.createNetwork(networkRequest(1))
  const [first, second] = [await host.connect(driver, 1, 2), await host.connect(driver, 1, 3)]
  host.serve(first.sandboxKey, 80, 'first')
  expect(await host.ask(second.sandboxKey, first.address, 80)).toBe('first')
  await expect(
    driver.api.programExternal({ ...first, options: ports(tcp(80, { hostPort: 8080 })) }),
  ).rejects.toMatchObject({
    code: 'HOST_LACKS',
  })
  expect((await driver.api.endpointInfo(first)).value['com.docker.network.portmap']).toEqual([])
})

test('a network with IPv6 is reached and publishes over it', async () => {
  const driver = await host.driver()
  const ipv6 = [{ addressSpace: 'LocalDefault', pool: 'fd00:1::/64', gateway: 'fd00:1::1/64' }]
  await driver.api.createNetwork(networkRequest(1, { enableIpv6: true, ipv6 }))
  const which = { networkId: 'network-1', endpointId: 'box' }
  const sandboxKey = host.namespace('box')
  await driver.api.createEndpoint({
    ...which,
    interface: { address: '10.1.0.2/24', addressIpv6: 'fd00:1::2/64' },
    exposedPorts: [],
    portBindings: [],
    options: {},
  })
  const joined = await driver.api.join({ ...which, sandboxKey, interfaceName: 'eth0', options: {} })
  expect(joined).toMatchObject({ gatewayIpv6: 'fd00:1::1', nameServers: ['10.1.0.1', 'fd00:1::1'] })
  const inside = RouteSocket.open(sandboxKey)
  const index = inside.linkByName('eth0')?.index ?? 0
  inside.addAddress(index, 'fd00:1::2/64')
  inside.setUp(index)
  inside.addRoute({ destination: '::/0', gateway: 'fd00:1::1' })
  inside.close()
  host.serve(sandboxKey, 80, 'six')
  const { ports: published } = await driver.api.programExternal({
    ...which,
    options: ports(tcp(80, { hostPort: 8080 })),
  })
  expect(published.map((port) => port.hostIp)).toEqual(['0.0.0.0', '::'])
  const neighbour = await addNeighbour()
  expect(await host.ask(neighbour, 'fd00:2::1', 8080)).toBe('six')
  expect(await host.ask(host.path, 'fd00:1::1', 8080)).toBe('six')
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

/** Another machine on a link to the host: 192.0.2.2, host 192.0.2.1. */
async function addNeighbour(): Promise<string> {
  const path = host.namespace('neighbour')
  const route = RouteSocket.open(host.path)
  const inside = RouteSocket.open(path)
  const wire = route.createVeth('wire', 'eth0', { up: true, peer: { namespacePath: path } })
  const index = inside.linkByName('eth0')?.index ?? 0
  route.addAddress(wire, '192.0.2.1/24')
  route.addAddress(wire, 'fd00:2::1/64')
  inside.addAddress(index, '192.0.2.2/24')
  inside.addAddress(index, 'fd00:2::2/64')
  inside.setUp(index)
  inside.addRoute({ destination: '10.0.0.0/8', gateway: '192.0.2.1' })
  route.close()
  inside.close()
  return path
}

function bridgeNames(): string[] {
  const route = RouteSocket.open(host.path)
  const names = route
    .links()
    .filter((link) => link.kind === 'bridge')
    .map((link) => link.name)
  route.close()
  return names
}
