import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger, RequestOf, networkDriver } from '@moby/contracts'
import { createNetworkNamespace, deleteNetworkNamespace, RouteSocket } from '@moby/lib-linux'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CniDriver } from './cni-driver.ts'

const plugin = fileURLToPath(new URL('fixtures/plugin', import.meta.url))
const warnings: string[] = []
const log: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`),
  error: () => undefined,
}

let folder: string
let sandboxKey: string

beforeEach(() => {
  folder = mkdtempSync('/tmp/cni-')
  sandboxKey = join(folder, 'ns')
  createNetworkNamespace(sandboxKey)
  for (const name of ['net.d', 'bin', 'bin/calls']) mkdirSync(join(folder, name))
  for (const name of ['first', 'second', 'broken']) copyFileSync(plugin, join(folder, 'bin', name))
  warnings.length = 0
})

afterEach(() => {
  deleteNetworkNamespace(sandboxKey)
  rmSync(folder, { recursive: true })
})

const open = () =>
  new CniDriver({ folder: join(folder, 'net.d'), programs: [join(folder, 'bin')], data: join(folder, 'data'), log })

function configure(file: string, content: unknown): void {
  writeFileSync(join(folder, 'net.d', file), typeof content === 'string' ? content : JSON.stringify(content))
}

const list = (...plugins: object[]) => ({ cniVersion: '1.0.0', name: 'lan', plugins })

const network = (options: Record<string, unknown> = {}): RequestOf<typeof networkDriver, 'createNetwork'> => ({
  networkId: 'n1',
  name: 'lan',
  options,
  internal: false,
  enableIpv4: true,
  enableIpv6: false,
  ipv4: [],
  ipv6: [],
})

const which = { networkId: 'n1', endpointId: 'e1' }
const endpoint = { ...which, interface: {}, exposedPorts: [], portBindings: [], options: {} }
const join1 = { ...which, interfaceName: 'eth0', options: {} }

interface Call {
  readonly command: string
  readonly netns: string
  readonly id: string
  readonly config: Record<string, unknown>
}

/** What plugins were told since the last time. */
function calls(): Call[] {
  const place = join(folder, 'bin/calls')
  const told = readdirSync(place).map((name) => JSON.parse(readFileSync(join(place, name), 'utf8')) as Call)
  for (const name of readdirSync(place)) rmSync(join(place, name))
  return told
}

const linksInside = () => {
  const socket = RouteSocket.open(sandboxKey)
  const names = socket.links().map(({ name }) => name)
  socket.close()
  return names
}

test('plugins are run in order with the result of the one before, and undone the other way round', async () => {
  configure('10-lan.conflist', list({ type: 'first', ipam: { type: 'x' } }, { type: 'second', mtu: 9 }))
  const { api } = open()
  await api.createNetwork(network())
  expect(calls().map(({ command }) => command)).toEqual(['VERSION first', 'VERSION second'])
  await api.createEndpoint(endpoint)
  expect(await api.join({ ...join1, sandboxKey })).toEqual({
    link: { source: 'eth0', prefix: 'eth', name: 'eth0', placed: true },
    configured: { address: '10.77.0.2/24', gateway: '10.77.0.1', macAddress: '02:00:00:00:00:01' },
    nameServers: ['10.77.0.53'],
  })
  expect(linksInside()).toContain('eth0')
  const added = calls()
  expect(added.map(({ command, netns, id }) => [command, netns, id])).toEqual([
    ['ADD first', sandboxKey, 'e1'],
    ['ADD second', sandboxKey, 'e1'],
  ])
  const common = { name: 'lan', cniVersion: '1.0.0' }
  expect(added[0]?.config).toEqual({ ...common, type: 'first', ipam: { type: 'x' } })
  const result = expect.objectContaining({ ips: [expect.objectContaining({ address: '10.77.0.2/24' })] }) as unknown
  expect(added[1]?.config).toEqual({ ...common, type: 'second', mtu: 9, prevResult: result })

  // What a user changes meanwhile is for new networks.
  configure('10-lan.conflist', list({ type: 'broken' }))
  await api.leave(which)
  await api.leave(which)
  expect(linksInside()).toEqual(['lo'])
  const removed = calls()
  expect(removed.map(({ command }) => command)).toEqual(['DEL second', 'DEL first'])
  expect(removed.map(({ config }) => config['prevResult'])).toEqual([result, result])
  await api.deleteEndpoint(which)
  await api.deleteNetwork(which)
})

test('what a plugin that fails says is told, and what the others made is undone', async () => {
  configure('lan.conflist', list({ type: 'first' }, { type: 'broken' }))
  const { api } = open()
  await api.createNetwork(network())
  await api.createEndpoint(endpoint)
  await expect(api.join({ ...join1, sandboxKey })).rejects.toMatchObject({
    code: 'NETWORK_PLUGIN_FAILED',
    message: 'The CNI plugin broken did not ADD: no way: the wire is cut',
  })
  expect(linksInside()).toEqual(['lo'])
})

test('another process checks what there is, and undoes it even when the sandbox is gone', async () => {
  configure('lan.conflist', list({ type: 'first' }, { type: 'second' }))
  const before = open()
  await before.api.createNetwork(network())
  await before.api.createEndpoint(endpoint)
  await before.api.join({ ...join1, sandboxKey })
  await before.stop('leave-containers')
  const { api } = open()
  calls()
  await api.createNetwork(network())
  expect(calls().map(({ command }) => command)).toEqual(['CHECK first', 'CHECK second'])
  expect(warnings).toEqual([])
  const inside = RouteSocket.open(sandboxKey)
  inside.removeLink(inside.linkByName('eth0')?.index ?? 0)
  inside.close()
  await api.createNetwork(network())
  expect(warnings.join()).toContain('the link is gone')
  await expect(api.deleteNetwork(which)).rejects.toMatchObject({ code: 'NETWORK_HAS_ENDPOINTS' })
  deleteNetworkNamespace(sandboxKey)
  calls()
  await api.deleteEndpoint(which)
  expect(calls().map(({ command, netns }) => [command, netns])).toEqual([
    ['DEL second', ''],
    ['DEL first', ''],
  ])
  await api.deleteNetwork(which)
})

test('ports and MAC addresses are for plugins that take them', async () => {
  const capabilities = { portMappings: true, mac: true }
  configure('lan.conflist', list({ type: 'first' }, { type: 'second', capabilities }))
  const { api } = open()
  await api.createNetwork(network())
  const portBindings = [
    { protocol: 'tcp' as const, containerPort: 80, hostIp: '127.0.0.1' },
    { protocol: 'udp' as const, containerPort: 53 },
  ]
  await api.createEndpoint({ ...endpoint, interface: { macAddress: '02:00:00:00:00:07' }, portBindings })
  calls()
  await api.join({ ...join1, sandboxKey })
  const [first, second] = calls()
  const { ports } = await api.programExternal({ ...which, options: { 'com.docker.network.portmap': portBindings } })
  expect(ports.every(({ hostPort = 0 }) => hostPort >= 49_152)).toBe(true)
  expect(first?.config).not.toHaveProperty('runtimeConfig')
  expect(second?.config).toMatchObject({
    runtimeConfig: {
      mac: '02:00:00:00:00:07',
      portMappings: [
        { hostPort: ports[0]?.hostPort, containerPort: 80, protocol: 'tcp', hostIP: '127.0.0.1' },
        { hostPort: ports[1]?.hostPort, containerPort: 53, protocol: 'udp' },
      ],
    },
  })
  expect(second?.config).not.toHaveProperty('capabilities')
  await expect(
    api.programExternal({ ...which, options: { 'com.docker.network.portmap': portBindings.slice(1) } }),
  ).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  await api.deleteEndpoint(which)

  configure('plain.conf', { cniVersion: '0.4.0', name: 'plain', type: 'first' })
  await api.createNetwork({ ...network({ conflist: 'plain' }), networkId: 'n2' })
  await expect(
    api.createEndpoint({ ...endpoint, networkId: 'n2', interface: { macAddress: '02:00:00:00:00:07' } }),
  ).rejects.toMatchObject({ code: 'NETWORK_OPTION_INVALID' })
  await api.createEndpoint({ ...endpoint, networkId: 'n2', portBindings })
  await expect(
    api.programExternal({ ...which, networkId: 'n2', options: { 'com.docker.network.portmap': portBindings } }),
  ).rejects.toMatchObject({ code: 'NOT_SUPPORTED', message: 'No plugin of the CNI network plain publishes ports' })
})

test.each([
  ['is not there', undefined, 'NETWORK_OPTION_INVALID', 'There is no CNI network lan'],
  ['is no JSON', 'nothing', 'NETWORK_OPTION_INVALID', 'it is no JSON object'],
  ['has no plugins', { ...list(), plugins: [] }, 'NETWORK_OPTION_INVALID', 'it has no plugins'],
  ['has a plugin without type', list({}), 'NETWORK_OPTION_INVALID', 'its plugin 1 has no usable type'],
  ['has a type with a path', list({ type: '../first' }), 'NETWORK_OPTION_INVALID', 'no usable type'],
  ['is too old', { ...list({ type: 'first' }), cniVersion: '0.2.0' }, 'NETWORK_OPTION_INVALID', 'its version "0.2.0"'],
  ['names a plugin that is not there', list({ type: 'none' }), 'HOST_LACKS', 'There is no CNI plugin none'],
  [
    'is newer than its plugin',
    { ...list({ type: 'first' }), cniVersion: '1.1.0' },
    'NETWORK_OPTION_INVALID',
    'does not know version 1.1.0',
  ],
])('a configuration that %s is refused', async (_what, content, code, words) => {
  if (content !== undefined) configure('lan.conflist', content)
  await expect(open().api.createNetwork(network())).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words) as unknown,
  })
})

test('of several versions that a configuration has the highest is taken that is known', async () => {
  configure('lan.conflist', {
    ...list({ type: 'first' }),
    cniVersion: '0.3.1',
    cniVersions: ['0.4.0', '1.0.0', '7.0.0'],
  })
  const { api } = open()
  await api.createNetwork(network())
  expect(calls()[0]?.config).toEqual({ cniVersion: '1.0.0' })
  for (const wrong of [{ colour: 'red' }, { 'com.docker.network.driver.mtu': '1' }]) {
    await expect(api.createNetwork({ ...network(wrong), networkId: 'n2' })).rejects.toMatchObject({
      code: 'NETWORK_OPTION_INVALID',
    })
  }
  await expect(api.createNetwork({ ...network(), networkId: 'n2', internal: true })).rejects.toMatchObject({
    code: 'NETWORK_OPTION_INVALID',
  })
})
