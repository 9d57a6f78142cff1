import type { DriverSet, Logger, networkDriver, RequestOf } from '@moby/contracts'
import type { ZoneState } from '@moby/lib-names'
import { beforeEach, expect, test } from 'vitest'
import type { ContainerRecord } from '../containers/container-record.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import type { DriverFacts } from './driver-facts.ts'
import { NamePublisher } from './name-publisher.ts'
import type { NetworkStore } from './network-store.ts'
import type { SandboxNames } from './sandbox-names.ts'

const container = (name: string, host: number, links: string[] = []) =>
  ({
    id: `${name}-id`.padEnd(64, '0'),
    name,
    sandboxId: `${name}-sandbox`,
    spec: { hostname: '' },
    endpoints: [
      {
        networkId: 'n1',
        spec: { network: 'front', aliases: ['Any'], links },
        live: { endpointId: `${name}-e`, address: `10.1.0.${host}/24`, addressIpv6: '' },
      },
    ],
  }) as unknown as ContainerRecord

const network = {
  id: 'n1',
  name: 'front',
  driver: 'wide',
  predefined: false,
  pools: [{ version: 4, data: { pool: '10.1.0.0/24' } }],
}

let records: ContainerRecord[]
let unserved: string[]
let zones: (ZoneState | string)[]
let told: RequestOf<typeof networkDriver, 'publishNames'>[]
let publisher: NamePublisher

beforeEach(() => {
  records = [container('web', 2), container('db', 3, ['web:backend'])]
  unserved = []
  zones = []
  told = []
  const driver = { publishNames: async (request: (typeof told)[number]) => told.push(request) }
  publisher = new NamePublisher({
    drivers: { has: () => true, get: () => driver } as unknown as DriverSet<typeof networkDriver>,
    facts: { of: async () => ({ names: true }) } as unknown as DriverFacts,
    networks: { get: () => network } as unknown as NetworkStore,
    containers: { all: () => records, list: () => records } as unknown as ContainerStore,
    sandboxes: {
      serves: (sandboxId: string) => !unserved.includes(sandboxId),
      putZone: async (zone: ZoneState) => zones.push(zone),
      dropZone: async (networkId: string) => zones.push(networkId),
    } as unknown as SandboxNames,
    log: { warn: (text: string) => zones.push(text) } as unknown as Logger,
    servers: () => ['192.0.2.53'],
  })
})

test('sandboxes are told names alone and with that of the network, links for their own, and one name an address', async () => {
  await publisher.publish('n1')
  expect(zones).toEqual([
    expect.objectContaining({
      subnets: ['10.1.0.0/24'],
      names: expect.arrayContaining([
        ['web', ['10.1.0.2']],
        ['web.front', ['10.1.0.2']],
        ['any', ['10.1.0.2', '10.1.0.3']],
        ['any.front', ['10.1.0.2', '10.1.0.3']],
      ]) as unknown,
      links: [{ name: 'backend', addresses: ['10.1.0.2'], askers: ['db-sandbox'] }],
      reverse: [
        ['10.1.0.2', ['web.front']],
        ['10.1.0.3', ['db.front']],
      ],
    }),
  ])
  records = []
  await publisher.publish('n1')
  expect(zones.slice(1)).toEqual(['n1'])
})

test('a driver that answers names is told them for a container whose sandbox has no name server', async () => {
  await publisher.publish('n1')
  expect(told).toEqual([])
  unserved = ['db-sandbox']
  await publisher.publish('n1')
  expect(told).toMatchObject([
    {
      networkId: 'n1',
      names: [
        { endpointId: 'web-e', addresses: ['10.1.0.2'] },
        { endpointId: 'db-e', addresses: ['10.1.0.3'] },
        { endpointId: 'web-e', names: ['backend'], askers: ['10.1.0.3'] },
      ],
      upstream: ['192.0.2.53'],
    },
  ])
})
