import { afterEach, beforeEach, expect, test } from 'vitest'
import { RouteSocket } from '@moby/lib-linux'
import { networkRequest, ports, tcp, TestHost } from './host.fixture.ts'

let host: TestHost

beforeEach(() => {
  host = new TestHost()
})

afterEach(() => host.remove())

test('a published port answers on loopback, on the gateway, to neighbours and to containers', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await driver.api.createNetwork(networkRequest(2))
  const server = await host.connect(driver, 1, 2)
  const sibling = await host.connect(driver, 1, 3)
  const stranger = await host.connect(driver, 2, 2)
  const neighbour = host.addNeighbour()
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

test('a port on loopback is not reached by neighbours that route loopback addresses here', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const server = await host.connect(driver, 1, 2)
  const neighbour = host.addNeighbour()
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
  host.run(host.path, 'ip', 'addr', 'flush', 'dev', host.bridgeNames()[0] ?? '')
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
  const neighbour = host.addNeighbour()
  expect(await host.ask(neighbour, 'fd00:2::1', 8080)).toBe('six')
  expect(await host.ask(host.path, 'fd00:1::1', 8080)).toBe('six')
})
