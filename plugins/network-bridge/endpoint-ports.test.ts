import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PortBinding } from '@moby/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BridgeDriver } from './bridge-driver.ts'
import { networkRequest, TestHost } from './host.fixture.ts'

let host: TestHost

beforeEach(() => {
  host = new TestHost()
})

afterEach(() => host.remove())

const port = (hostPort: number, more: Partial<PortBinding> = {}): PortBinding => ({
  protocol: 'tcp',
  containerPort: 80,
  hostPort,
  ...more,
})

async function publish(driver: BridgeDriver, box: { networkId: string; endpointId: string }, ...ports: PortBinding[]) {
  const answer = await driver.api.programExternal({ ...box, options: { 'com.docker.network.portmap': ports } })
  return answer.ports.map(({ hostIp, hostPort }) => `${hostIp} ${hostPort}`)
}

/** A server that answers each datagram with a text, from the port that it came to. */
const echo = `const s = require('dgram').createSocket('udp4').bind(53, () => require('fs').writeFileSync(process.argv[1], ''))
s.on('message', (message, from) => s.send('answer to ' + message, from.port, from.address))`

const client = `const s = require('dgram').createSocket('udp6')
s.on('message', (message) => { console.log(String(message)); process.exit() })
const send = () => s.send('question', 5353, '::1')
send(); setInterval(send, 100)`

test('a port of a container with IPv4 alone answers on IPv6 too, and the next process finds it at work', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const server = await host.connect(driver, 1, 2)
  const other = await host.connect(driver, 1, 3)
  host.serve(server.sandboxKey, 80, 'served')
  expect(await publish(driver, server, port(8080))).toEqual(['0.0.0.0 8080', ':: 8080'])
  expect(await host.ask(host.path, '::1', 8080)).toBe('served')
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('served')
  await expect(publish(driver, other, port(8080, { hostIp: '::1' }))).rejects.toMatchObject({ code: 'PORT_IN_USE' })

  await driver.stop('leave-containers')
  expect(host.askOnce(host.path, '::1', 8080)).toBe('served')
  const next = await host.driver()
  await next.api.createNetwork(networkRequest(1))
  expect(await publish(next, server, port(8080))).toEqual(['0.0.0.0 8080', ':: 8080'])
  expect(await host.ask(host.path, '::1', 8080)).toBe('served')
  await next.api.revokeExternal(server)
  expect(host.askOnce(host.path, '::1', 8080)).toBe('nothing')
  expect(await publish(next, other, port(8080, { hostIp: '::1' }))).toEqual(['::1 8080'])
  await next.api.deleteEndpoint(other)
  expect(readdirSync(join(host.folder, 'run/names')).filter((name) => name.endsWith('.relay'))).toEqual([])
})

test('datagrams to a port on IPv6 are answered from there', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const server = await host.connect(driver, 1, 2)
  const ready = join(host.folder, 'ready')
  host.start(server.sandboxKey, process.execPath, '-e', echo, ready)
  await expect.poll(() => readdirSync(host.folder)).toContain('ready')
  await publish(driver, server, port(5353, { protocol: 'udp', containerPort: 53, hostIp: '::1' }))
  expect(host.run(host.path, process.execPath, '-e', client).trim()).toBe('answer to question')
})

test('a port that a process of the host has on IPv6 is not given', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const box = await host.connect(driver, 1, 2)
  const ready = join(host.folder, 'ready')
  const holder = `require('net').createServer().listen({ host: '::1', port: 9090 }, () => require('fs').writeFileSync(process.argv[1], ''))`
  host.start(host.path, process.execPath, '-e', holder, ready)
  await expect.poll(() => readdirSync(host.folder)).toContain('ready')
  await expect(publish(driver, box, port(9090))).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  expect(await publish(driver, box, port(9090, { hostPortEnd: 9091 }))).toEqual(['0.0.0.0 9091', ':: 9091'])
})

test('a network that publishes on one address of IPv4 does so there alone', async () => {
  const driver = await host.driver()
  const options = { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' }
  await driver.api.createNetwork(networkRequest(1, { options }))
  const box = await host.connect(driver, 1, 2)
  expect(await publish(driver, box, port(8080))).toEqual(['127.0.0.1 8080'])
})

test('a port of an IPv4 address is not published for a container with IPv6 alone, and keeps no other from it', async () => {
  const driver = await host.driver()
  const ipv6 = [{ addressSpace: 'LocalDefault', pool: 'fd00:1::/64', gateway: 'fd00:1::1/64' }]
  await driver.api.createNetwork(networkRequest(1, { enableIpv4: false, ipv4: [], enableIpv6: true, ipv6 }))
  const which = { networkId: 'network-1', endpointId: 'six' }
  const box = { ...which, interface: { addressIpv6: 'fd00:1::2/64' }, exposedPorts: [], portBindings: [], options: {} }
  await driver.api.createEndpoint(box)
  const local = port(8080, { hostIp: '127.0.0.1' })
  expect(await publish(driver, which, local)).toEqual([])
  expect(await publish(driver, which, local, port(8081, { containerPort: 81 }))).toEqual([':: 8081'])
  expect(host.warnings.filter((text) => text.includes('a port is not published'))).toHaveLength(2)
})
