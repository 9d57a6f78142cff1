import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, type Logger, type RequestOf, type networkDriver } from '@moby/contracts'
import { createNetworkNamespace, deleteNetworkNamespace, RouteSocket, withNetworkNamespace } from '@moby/lib-linux'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ParentNetworkDriver } from './parent-network-driver.ts'
import type { ChildKind } from './parent-options.ts'

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let folder: string
let namespaces: string[]
let drivers: ParentNetworkDriver[]

/** A namespace that plays the host, with the link `par0`, and others that play containers. */
beforeEach(() => {
  folder = mkdtempSync('/tmp/pn-')
  namespaces = []
  drivers = []
  addNamespace('host')
  run('host', 'ip', 'link', 'add', 'par0', 'up', 'type', 'veth', 'peer', 'name', 'par1')
  run('host', 'ip', 'link', 'set', 'par1', 'up')
})

afterEach(async () => {
  for (const driver of drivers) await driver.stop('stop-containers')
  for (const path of namespaces) deleteNetworkNamespace(path)
  rmSync(folder, { recursive: true })
})

function addNamespace(name: string): string {
  const path = join(folder, name)
  createNetworkNamespace(path)
  namespaces.push(path)
  return path
}

function run(where: string, command: string, ...words: string[]): string {
  return withNetworkNamespace(join(folder, where), () =>
    execFileSync(command, words, { encoding: 'utf8', stdio: 'pipe', timeout: 40_000 }),
  )
}

const linkNames = (where: string) => {
  const socket = RouteSocket.open(join(folder, where))
  const names = socket.links().map(({ name }) => name)
  socket.close()
  return names
}

function open(kind: ChildKind = 'macvlan'): ParentNetworkDriver {
  const hostNamespace = join(folder, 'host')
  const driver = new ParentNetworkDriver({ kind, instanceId: '0123abcd', data: join(folder, kind), log, hostNamespace })
  drivers.push(driver)
  return driver
}

const network = (
  number: number,
  options: Record<string, unknown> = { parent: 'par0' },
): RequestOf<typeof networkDriver, 'createNetwork'> => ({
  networkId: `network-${number}`,
  name: `net${number}`,
  options,
  internal: false,
  enableIpv4: true,
  enableIpv6: false,
  ipv4: [{ addressSpace: 'local', pool: `10.${number}.0.0/24`, gateway: `10.${number}.0.1/24` }],
  ipv6: [],
})

/** What the engine does to put a container on a network. */
async function connect({ api }: ParentNetworkDriver, number: number, host: number) {
  const which = { networkId: `network-${number}`, endpointId: `box-${number}-${host}` }
  const address = `10.${number}.0.${host}/24`
  const sandboxKey = addNamespace(which.endpointId)
  await api.createEndpoint({ ...which, interface: { address }, exposedPorts: [], portBindings: [], options: {} })
  const joined = await api.join({ ...which, sandboxKey, interfaceName: 'eth0', options: {} })
  const inside = RouteSocket.open(sandboxKey)
  const index = inside.linkByName('eth0')?.index ?? 0
  inside.addAddress(index, address)
  inside.setUp(index)
  inside.close()
  return { ...which, joined }
}

test('containers reach each other over the link that they share, and leave nothing on it', async () => {
  const driver = open()
  await driver.api.createNetwork(network(1))
  const [first, second] = [await connect(driver, 1, 2), await connect(driver, 1, 3)]
  expect(first.joined).toEqual({
    link: { source: 'eth0', prefix: 'eth', name: 'eth0', placed: true },
    gateway: '10.1.0.1',
  })
  expect(run(second.endpointId, 'busybox', 'ping', '-c', '1', '-W', '5', '10.1.0.2')).toContain(' 0% packet loss')
  expect(run(second.endpointId, 'cat', '/proc/net/dev')).toContain('eth0')
  expect((await driver.api.endpointInfo(first)).value).toEqual({
    'com.docker.network.endpoint.macaddress': '02:42:0a:01:00:02',
  })
  await expect(driver.api.deleteNetwork(first)).rejects.toMatchObject({ code: 'NETWORK_HAS_ENDPOINTS' })

  await driver.stop('leave-containers')
  const next = open()
  await next.api.createNetwork(network(1))
  for (const each of [first, second]) {
    await next.api.leave(each)
    await next.api.deleteEndpoint(each)
    expect(linkNames(each.endpointId)).toEqual(['lo'])
  }
  await next.api.deleteNetwork(first)
  expect(linkNames('host').toSorted()).toEqual(['lo', 'par0', 'par1'])
})

test('networks share a parent, unless one of them has it for itself', async () => {
  const { api } = open()
  await api.createNetwork(network(1))
  await api.createNetwork(network(2, { parent: 'par0', macvlan_mode: 'private' }))
  const alone = { parent: 'par0', macvlan_mode: 'passthru' }
  await expect(api.createNetwork(network(3, alone))).rejects.toMatchObject({ code: 'NETWORK_OPTION_INVALID' })
  await api.createNetwork(network(3, { ...alone, parent: 'par1' }))
  await expect(api.createNetwork(network(4, { parent: 'par1' }))).rejects.toMatchObject({
    code: 'NETWORK_OPTION_INVALID',
  })
})

test('a network that is internal has no way out, and a link that an engine moves itself waits on the host', async () => {
  const { api } = open()
  await api.createNetwork({ ...network(1), internal: true })
  const which = { networkId: 'network-1', endpointId: 'box' }
  await api.createEndpoint({ ...which, interface: {}, exposedPorts: [], portBindings: [], options: {} })
  const joined = await api.join({ ...which, sandboxKey: '/nowhere', interfaceName: 'eth0', options: {} })
  expect(joined).toEqual({ link: { source: expect.any(String) as string, prefix: 'eth', name: 'eth0' } })
  expect(linkNames('host')).toContain(joined.link?.source)
  await api.leave(which)
  expect(linkNames('host')).not.toContain(joined.link?.source)
})

test('the hardware address is the given one, and of links of the kind ipvlan none can be given', async () => {
  const { api } = open()
  await api.createNetwork(network(1))
  const wish = {
    networkId: 'network-1',
    endpointId: 'box',
    interface: { macAddress: '02:00:00:00:00:09' },
    exposedPorts: [],
    portBindings: [],
    options: {},
  }
  expect(await api.createEndpoint(wish)).toEqual({ interface: {} })
  await expect(api.createEndpoint({ ...wish, endpointId: 'x', interface: { macAddress: 'x' } })).rejects.toMatchObject({
    code: 'NETWORK_OPTION_INVALID',
  })
})

test.each([
  { parent: 'lo' },
  { parent: 'none0' },
  { parent: 'none0.10' },
  { parent: 'par0.4095' },
  { parent: 'par0', macvlan_mode: 'nope' },
  { parent: 'par0', ipvlan_mode: 'l2' },
  { parent: 'par0', colour: 'red' },
  { parent: 'par0', 'com.docker.network.driver.mtu': '12' },
])('the options %j are refused and leave nothing', async (options) => {
  const { api } = open()
  await expect(api.createNetwork(network(1, options))).rejects.toMatchObject({ code: 'NETWORK_OPTION_INVALID' })
  await expect(
    api.createEndpoint({ ...network(1), endpointId: 'x', interface: {}, exposedPorts: [], portBindings: [] } as never),
  ).rejects.toMatchObject({ code: 'NETWORK_NOT_FOUND' })
  expect(linkNames('host').toSorted()).toEqual(['lo', 'par0', 'par1'])
})

test.each([
  ['a VLAN of a link', 'macvlan', { parent: 'par0.10' }],
  ['a link that leads nowhere', 'macvlan', {}],
  ['ipvlan', 'ipvlan', { parent: 'par0' }],
  ['ipvlan that routes', 'ipvlan', { parent: 'par0', ipvlan_mode: 'l3', ipvlan_flag: 'private' }],
] as const)('%s is made and goes with the network, or the host is said to lack it', async (_what, kind, options) => {
  const driver = open(kind)
  try {
    await driver.api.createNetwork(network(1, options))
  } catch (error) {
    expect(hasCode(error, 'HOST_LACKS')).toBe(true)
    expect(linkNames('host').toSorted()).toEqual(['lo', 'par0', 'par1'])
    return
  }
  const { joined, ...which } = await connect(driver, 1, 2)
  expect(joined.link).toMatchObject({ placed: true })
  await driver.api.leave(which)
  await driver.api.deleteEndpoint(which)
  await driver.api.deleteNetwork(which)
  expect(linkNames('host').toSorted()).toEqual(['lo', 'par0', 'par1'])
})
