import type { DriverSet, JoinResult, Logger, networkDriver, networkIpam } from '@moby/contracts'
import { createNetworkNamespace, deleteNetworkNamespace, RouteSocket, withNetworkNamespace } from '@moby/lib-linux'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LiveEndpoint } from '../containers/container-record.ts'
import type { DriverFacts } from './driver-facts.ts'
import { EndpointService, type EndpointWish } from './endpoint-service.ts'
import type { NetworkRecord } from './network-record.ts'
import type { NetworkStore } from './network-store.ts'
import { SandboxLinks } from './sandbox-links.ts'

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let folder: string
let sandboxKey: string
let inside: RouteSocket
let links: SandboxLinks
/** Methods of the driver that were called. */
let called: string[]

beforeEach(() => {
  folder = mkdtempSync('/tmp/es-')
  sandboxKey = join(folder, 'ns')
  createNetworkNamespace(sandboxKey)
  inside = RouteSocket.open(sandboxKey)
  inside.createVeth('eth0', 'peer0', { mac: '02:00:00:00:00:01' })
  links = new SandboxLinks()
  called = []
})

afterEach(() => {
  links.close()
  inside.close()
  deleteNetworkNamespace(sandboxKey)
  rmSync(folder, { recursive: true })
})

const network = {
  id: 'n1',
  name: 'net',
  driver: 'fake',
  predefined: false,
  enableIpv4: true,
  enableIpv6: false,
  pools: [],
  spec: { name: 'net' },
} as unknown as NetworkRecord

/** The service with one driver, which answers like this. */
function service(joined: JoinResult, facts: { ports?: boolean } = {}): EndpointService {
  const driver = {
    createEndpoint: async () => ({ interface: {} }),
    join: async () => joined,
    leave: async () => called.push('leave'),
    deleteEndpoint: async () => called.push('deleteEndpoint'),
    programExternal: async () => {
      called.push('programExternal')
      return { ports: [] }
    },
    revokeExternal: async () => called.push('revokeExternal'),
  }
  return new EndpointService({
    drivers: { get: () => driver, has: () => true } as unknown as DriverSet<typeof networkDriver>,
    ipam: {} as DriverSet<typeof networkIpam>,
    facts: { of: async () => ({ addresses: false, ...facts }) } as unknown as DriverFacts,
    links,
    networks: { get: () => network } as unknown as NetworkStore,
    endpointsOf: () => [],
    log,
  })
}

const wish = (more: Partial<EndpointWish> = {}): EndpointWish => ({
  network,
  spec: { network: 'net' },
  endpointId: 'e1',
  sandboxKey,
  link: 'eth0',
  leads: ['ipv4', 'ipv6'],
  exposedPorts: [],
  ports: [],
  persist: async () => undefined,
  ...more,
})

const placed = { source: 'eth0', prefix: 'eth', name: 'eth0', placed: true }
const addresses = () => inside.addresses().map(({ cidr }) => cidr)
const defaults = () =>
  inside.routes().flatMap(({ destination, gateway }) => (destination === '0.0.0.0/0' ? [gateway] : []))

test('a link that its driver configured is told as it is, and given nothing more', async () => {
  inside.addAddress(inside.linkByName('eth0')?.index ?? 0, '10.9.0.2/24')
  const configured = { address: '10.9.0.2/24', gateway: '10.9.0.1', macAddress: '02:00:00:00:00:01' }
  const live = await service({ link: placed, configured }).connect(wish())
  expect(live).toMatchObject({ ...configured, link: 'eth0' })
  // Of a link that it gives addresses to, the engine switches the family off that it gives none of.
  const setting = '/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
  expect(withNetworkNamespace(sandboxKey, () => readFileSync(setting, 'utf8'))).toBe('0\n')
  expect(addresses().filter((cidr) => cidr.includes('.') && !cidr.startsWith('127.'))).toEqual(['10.9.0.2/24'])
  expect(defaults()).toEqual([])
})

test('what a driver tells of a link that it configured is held to be possible, and undone when it is not', async () => {
  const lying = service({ link: placed, configured: { address: 'nowhere' } })
  await expect(lying.connect(wish())).rejects.toMatchObject({ code: 'DRIVER_LIED' })
  expect(called).toEqual(['leave', 'deleteEndpoint'])
})

test('an endpoint gets addresses of its link alone, and kernel settings', async () => {
  const spec = {
    network: 'net',
    linkLocalAddresses: ['169.254.9.9', 'fe80::9'],
    driverOptions: { 'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.log_martians=1' },
  }
  await service({ link: placed }).connect(wish({ spec }))
  expect(addresses()).toEqual(expect.arrayContaining(['169.254.9.9/16', 'fe80::9/64']))
  const wrong = { ...spec, driverOptions: { 'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.nope=1' } }
  await expect(service({ link: placed }).connect(wish({ spec: wrong }))).rejects.toMatchObject({
    code: 'CONTAINER_SPEC_INVALID',
    message: 'The kernel setting net.ipv4.conf.IFNAME.nope=1 of eth0 was refused: ENOENT',
  })
})

test('ports are asked of drivers that publish some, and go with the way out', async () => {
  const port = { protocol: 'tcp' as const, containerPort: 80 }
  const ports = [port]
  await service({ link: placed }, { ports: false }).connect(wish({ ports }))
  expect(called).toEqual([])
  await service({ link: placed }).connect(wish({ ports }))
  expect(called).toEqual(['programExternal'])

  const index = inside.linkByName('eth0')?.index ?? 0
  inside.addAddress(index, '10.9.0.2/24')
  inside.setUp(index)
  inside.addRoute({ destination: '0.0.0.0/0', gateway: '10.9.0.1' })
  const live: LiveEndpoint = {
    endpointId: 'e1',
    address: '10.9.0.2/24',
    addressIpv6: '',
    gateway: '10.9.0.1',
    gatewayIpv6: '',
    macAddress: '',
    link: 'eth0',
    nameServers: [],
    ports: [{ ...port, hostPort: 8080 }],
  }
  called = []
  const demoted = await service({}).demote({ network, live, sandboxKey, leads: ['ipv4'], keepsPorts: false })
  expect(demoted.ports).toEqual([])
  expect(called).toEqual(['revokeExternal'])
  expect(defaults()).toEqual([])
  const promote = (leads: ('ipv4' | 'ipv6')[]) =>
    service({}).promote({ network, live: demoted, sandboxKey, leads, ports })
  await promote(['ipv6'])
  expect(defaults()).toEqual([])
  await promote(['ipv4', 'ipv6'])
  expect(defaults()).toEqual(['10.9.0.1'])
  // An engine that was killed in between does it again.
  await promote(['ipv4'])
  expect(defaults()).toEqual(['10.9.0.1'])
  called = []
  const kept = await service({}).demote({ network, live, sandboxKey, leads: ['ipv6'], keepsPorts: true })
  expect([kept.ports, called, defaults()]).toEqual([live.ports, [], ['10.9.0.1']])
})
