import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authAuthorize, networkDriver, networkIpam } from '@moby/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { FakePlugin, failing } from './testing/fake-plugin.ts'
import { TestShelf } from './testing/shelf.ts'

let root: string
let shelf: TestShelf
let plugin: FakePlugin
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'moby-plug-'))
  for (const folder of ['plugins', 'data', 'run']) mkdirSync(join(root, folder))
  plugin = await FakePlugin.start(
    join(root, 'plugins/fake.sock'),
    ['NetworkDriver', 'IpamDriver', 'authz', 'MetricsCollector'],
    {
      'NetworkDriver.GetCapabilities': { Scope: 'local', ConnectivityScope: '' },
      'NetworkDriver.CreateNetwork': {},
      'NetworkDriver.DeleteNetwork': {},
      'NetworkDriver.CreateEndpoint': { Interface: { MacAddress: '02:42:0a:58:00:02' } },
      'NetworkDriver.DeleteEndpoint': {},
      'NetworkDriver.Join': {
        InterfaceName: { SrcName: 'veth1', DstPrefix: 'eth' },
        Gateway: '10.88.0.1',
        StaticRoutes: [
          { Destination: '10.1.0.0/16', RouteType: 0, NextHop: '10.88.0.9' },
          { Destination: '10.2.0.0/16', RouteType: 1 },
        ],
      },
      'NetworkDriver.Leave': {},
      'IpamDriver.GetDefaultAddressSpaces': { LocalDefaultAddressSpace: 'here', GlobalDefaultAddressSpace: 'there' },
      'IpamDriver.RequestAddress': { Address: '10.99.0.10/24' },
      'IpamDriver.ReleaseAddress': {},
      'IpamDriver.ReleasePool': {},
      'AuthZPlugin.AuthZReq': { Allow: true },
      'AuthZPlugin.AuthZRes': { Allow: false, Msg: 'not yours' },
      'MetricsCollector.StartMetrics': {},
      'MetricsCollector.StopMetrics': {},
    },
  )
  shelf = new TestShelf(root, { authorizationPlugins: ['fake'] })
  shelf.shelf.open()
})
afterEach(async () => {
  await shelf.shelf.close()
  await plugin.stop()
  rmSync(root, { recursive: true, force: true })
})

describe('a network plugin of Docker as a driver', () => {
  const driver = () => shelf.driver(networkDriver, 'fake')
  const network = {
    networkId: 'n1',
    name: 'net',
    options: { mtu: '1400' },
    internal: true,
    enableIpv4: true,
    enableIpv6: false,
    ipv4: [{ addressSpace: 'here', pool: '10.88.0.0/16', gateway: '10.88.0.1/16', auxAddresses: { a: '10.88.0.5' } }],
    ipv6: [],
  }
  const endpoint = {
    networkId: 'n1',
    endpointId: 'e1',
    interface: { address: '10.88.0.2/16' },
    exposedPorts: [{ protocol: 'udp' as const, port: 53 }],
    portBindings: [{ protocol: 'tcp' as const, containerPort: 80, hostPort: 8080 }],
    options: {},
  }

  it('is asked in the words of the protocol', async () => {
    expect(await driver().capabilities({})).toMatchObject({
      scope: 'local',
      connectivityScope: 'local',
      addresses: true,
    })
    await driver().createNetwork(network)
    expect(await driver().createEndpoint(endpoint)).toEqual({ interface: { macAddress: '02:42:0a:58:00:02' } })
    expect(await driver().join({ networkId: 'n1', endpointId: 'e1', sandboxKey: '/ns', options: {} })).toEqual({
      link: { source: 'veth1', prefix: 'eth' },
      gateway: '10.88.0.1',
      routes: [
        { destination: '10.1.0.0/16', kind: 'next-hop', nextHop: '10.88.0.9' },
        { destination: '10.2.0.0/16', kind: 'connected' },
      ],
      disableGatewayService: false,
    })
    expect(plugin.bodies('NetworkDriver.CreateNetwork')).toEqual([
      {
        NetworkID: 'n1',
        Options: {
          'com.docker.network.generic': { mtu: '1400' },
          'com.docker.network.enable_ipv4': true,
          'com.docker.network.enable_ipv6': false,
          'com.docker.network.internal': true,
        },
        IPv4Data: [
          { AddressSpace: 'here', Pool: '10.88.0.0/16', Gateway: '10.88.0.1/16', AuxAddresses: { a: '10.88.0.5/16' } },
        ],
        IPv6Data: [],
      },
    ])
    expect(plugin.bodies('NetworkDriver.CreateEndpoint')).toEqual([
      {
        NetworkID: 'n1',
        EndpointID: 'e1',
        Interface: { Address: '10.88.0.2/16', AddressIPv6: '', MacAddress: '' },
        Options: {
          'com.docker.network.endpoint.exposedports': [{ Proto: 17, Port: 53 }],
          'com.docker.network.portmap': [{ Proto: 6, IP: '', Port: 80, HostIP: '', HostPort: 8080, HostPortEnd: 8080 }],
        },
      },
    ])
  })

  it('may lack what came late to the protocol, and may have forgotten what is undone', async () => {
    const which = { networkId: 'n1', endpointId: 'e1' }
    const ports = [{ protocol: 'tcp', containerPort: 80, hostPort: 8080 }]
    expect(await driver().programExternal({ ...which, options: { 'com.docker.network.portmap': ports } })).toEqual({
      ports,
    })
    await driver().revokeExternal(which)
    plugin.answers['NetworkDriver.Leave'] = failing('what endpoint?')
    plugin.answers['NetworkDriver.DeleteEndpoint'] = failing('what endpoint?')
    await driver().leave(which)
    await driver().deleteEndpoint(which)
  })

  it('may refuse a network that it has kept, but not one that is new', async () => {
    await driver().createNetwork(network)
    plugin.answers['NetworkDriver.CreateNetwork'] = failing('network n1 exists')
    await driver().createNetwork(network)
    await expect(driver().createNetwork({ ...network, networkId: 'n2' })).rejects.toMatchObject({
      code: 'PLUGIN_REFUSED',
    })
  })

  it.each([
    ['another address', { Address: '10.88.0.3/16' }, 'changed the address 10.88.0.2/16 of an endpoint to 10.88.0.3/16'],
    ['no MAC address', { MacAddress: 'aa:bb' }, 'gave an endpoint the macAddress "aa:bb"'],
    ['no IPv6 address', { AddressIPv6: 'fe80::1' }, 'gave an endpoint the addressIpv6 "fe80::1"'],
  ])('D15 that gives an endpoint %s is refused, and has it undone', async (_what, given, words) => {
    plugin.answers['NetworkDriver.CreateEndpoint'] = { Interface: given }
    await expect(driver().createEndpoint(endpoint)).rejects.toMatchObject({
      code: 'PLUGIN_LIED',
      message: expect.stringContaining(words),
    })
    expect(plugin.bodies('NetworkDriver.DeleteEndpoint')).toEqual([{ NetworkID: 'n1', EndpointID: 'e1' }])
  })

  it.each([
    [{ Gateway: '10.88.0' }, 'IPv4 gateway'],
    [{ GatewayIPv6: '10.88.0.1' }, 'IPv6 gateway'],
    [{ InterfaceName: { SrcName: '../eth0' } }, 'named the link "../eth0"'],
    [{ InterfaceName: { SrcName: 'a-name-that-is-too-long' } }, 'named the link'],
    [{ StaticRoutes: [{ Destination: '10.1.0.0', NextHop: '10.88.0.9' }] }, 'a route to "10.1.0.0"'],
    [{ StaticRoutes: [{ Destination: '10.1.0.0/16', NextHop: 'gw' }] }, 'by way of "gw"'],
  ])('D15 that joins with %j is refused, and leaves', async (answer, words) => {
    plugin.answers['NetworkDriver.Join'] = answer
    const join = driver().join({ networkId: 'n1', endpointId: 'e1', sandboxKey: '/ns', options: {} })
    await expect(join).rejects.toMatchObject({ code: 'PLUGIN_LIED', message: expect.stringContaining(words) })
    expect(plugin.bodies('NetworkDriver.Leave')).toHaveLength(1)
  })
})

describe('an address plugin of Docker as a driver', () => {
  const driver = () => shelf.driver(networkIpam, 'fake')
  const wish = { addressSpace: 'here', options: {}, v6: false }

  it('is asked again while it gives pools that the host routes, and gets those back', async () => {
    let next = 0
    plugin.answers['IpamDriver.RequestPool'] = () => ({ PoolID: `p${next}`, Pool: `10.${next++}.0.0/16` })
    expect(await driver().requestPool({ ...wish, avoid: ['10.0.0.0/15', '10.2.3.0/24'] })).toEqual({
      poolId: 'p3',
      pool: '10.3.0.0/16',
      data: {},
    })
    expect(plugin.bodies('IpamDriver.ReleasePool')).toEqual([{ PoolID: 'p0' }, { PoolID: 'p1' }, { PoolID: 'p2' }])
    plugin.answers['IpamDriver.RequestPool'] = { PoolID: 'same', Pool: '10.0.0.0/16' }
    await expect(driver().requestPool({ ...wish, avoid: ['10.0.0.0/8'] })).rejects.toMatchObject({
      code: 'POOLS_EXHAUSTED',
    })
  })

  it('D15 that gives what is no pool or no address of it is refused, and gets it back', async () => {
    plugin.answers['IpamDriver.RequestPool'] = { PoolID: 'p', Pool: 'everything' }
    await expect(driver().requestPool(wish)).rejects.toMatchObject({ code: 'PLUGIN_LIED' })
    plugin.answers['IpamDriver.RequestPool'] = { PoolID: 'p', Pool: '10.98.0.0/24' }
    await driver().requestPool(wish)
    await expect(driver().requestAddress({ poolId: 'p', options: {} })).rejects.toMatchObject({
      code: 'PLUGIN_LIED',
      message: expect.stringContaining('gave the address "10.99.0.10/24" of the pool 10.98.0.0/24'),
    })
    expect(plugin.bodies('IpamDriver.ReleaseAddress')).toEqual([{ PoolID: 'p', Address: '10.99.0.10' }])
  })

  it('may tell its errors as IPAM plugins do', async () => {
    plugin.answers['IpamDriver.RequestPool'] = { Error: 'no more' }
    await expect(driver().requestPool(wish)).rejects.toMatchObject({ message: 'IpamDriver.RequestPool: no more' })
    expect(await driver().capabilities({})).toEqual({ requiresMacAddress: false, requiresRequestReplay: false })
  })
})

describe('an authorization plugin of Docker as a driver', () => {
  const driver = () => shelf.driver(authAuthorize, 'fake')
  const http = {
    method: 'POST',
    uri: '/v1.41/containers/create?name=x',
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-more': '1' },
    body: Buffer.from('{"Image":"busybox"}'),
  }
  const request = {
    principal: { name: 'root', method: 'peer-credentials', groups: [] },
    operation: { name: 'containers.create', request: {} },
    http,
  }

  it('sees the request as Docker shows it, once for all its operations', async () => {
    expect(await driver().authorize(request)).toEqual({ allow: true })
    expect(await driver().authorize({ ...request, operation: { name: 'volumes.create', request: {} } })).toEqual({
      allow: true,
    })
    expect(plugin.bodies('AuthZPlugin.AuthZReq')).toEqual([
      {
        RequestMethod: 'POST',
        RequestUri: '/v1.41/containers/create?name=x',
        RequestBody: Buffer.from('{"Image":"busybox"}').toString('base64'),
        RequestHeaders: { 'Content-Type': 'application/json; charset=utf-8', 'X-More': '1' },
      },
    ])
    const asked = { ...request, http: { ...http }, principal: { name: 'alice', method: 'tls', groups: [] } }
    await driver().authorize(asked)
    expect(plugin.bodies('AuthZPlugin.AuthZReq')[1]).toMatchObject({ User: 'alice', UserAuthNMethod: 'TLS' })
    const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }
    expect(await driver().authorizeResponse({ ...request, ...answer })).toEqual({ allow: false, message: 'not yours' })
    expect(plugin.bodies('AuthZPlugin.AuthZRes')[0]).toMatchObject({ ResponseStatusCode: 200, ResponseBody: 'e30=' })
  })

  it('sees no credentials, and whatever it cannot be shown is denied', async () => {
    await driver().authorize({ ...request, http: { ...http, uri: '/v1.41/auth' } })
    expect(plugin.bodies('AuthZPlugin.AuthZReq')[0]).not.toHaveProperty('RequestBody')
    const large = { ...http, body: Buffer.alloc(4 * 1024 * 1024 + 1, 'x') }
    await expect(driver().authorize({ ...request, http: large })).rejects.toMatchObject({
      code: 'AUTH_DENIED',
      message: expect.stringContaining('4194305 bytes'),
    })
    const { http: _left, ...without } = request
    expect(await driver().authorize(without)).toMatchObject({ allow: false })
    expect(plugin.bodies('AuthZPlugin.AuthZReq')).toHaveLength(1)
  })

  it('D16 that fails or errs does not allow', async () => {
    for (const answer of [failing('broken'), { Err: 'broken' }, { Allow: 'yes' }, { Msg: 'hm' }]) {
      plugin.answers['AuthZPlugin.AuthZReq'] = answer
      const decision = await driver()
        .authorize({ ...request, http: { ...http } })
        .catch((error: unknown) => ({ allow: error instanceof Error ? error.message : '' }))
      expect(decision.allow).not.toBe(true)
    }
  })
})

describe('a metrics plugin of Docker', () => {
  it('is told to start, and reads what the engine counts from a socket', async () => {
    await eventually(() => expect(plugin.methods).toContain('MetricsCollector.StartMetrics'))
    await shelf.driver(networkDriver, 'fake').capabilities({})
    const { request } = await import('node:http')
    const text = await new Promise<string>((resolve, reject) => {
      request({ socketPath: join(root, 'run/metrics.sock'), path: '/metrics' }, (response) => {
        response.setEncoding('utf8').once('data', resolve)
      })
        .on('error', reject)
        .end()
    })
    expect(text).toContain(
      'moby_docker_plugin_calls_total{plugin="fake",method="NetworkDriver.GetCapabilities",outcome="ok"} 1',
    )
    expect(text).toContain('moby_docker_plugin_up{plugin="fake"} 1')
    await shelf.shelf.close()
    expect(plugin.methods).toContain('MetricsCollector.StopMetrics')
  })
})
