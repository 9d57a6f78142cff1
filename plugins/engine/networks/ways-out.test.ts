import { expect, test } from 'vitest'
import type { EndpointRecord } from '../containers/container-record.ts'
import type { NetworkStore } from './network-store.ts'
import { byWayOut, chooseWaysOut, familiesBy, networkOfPorts } from './ways-out.ts'

/** `internal-…`, `four-…` and `six-…` say what a network is; others have both families. */
const networks = {
  get: (id: string) => ({
    name: id,
    spec: { name: id, internal: id.startsWith('internal') },
    enableIpv4: !id.startsWith('six'),
    enableIpv6: !id.startsWith('four'),
  }),
} as unknown as NetworkStore

const on = (network: string, gatewayPriority?: number): EndpointRecord => ({
  networkId: network,
  spec: { network, ...(gatewayPriority === undefined ? {} : { gatewayPriority }) },
})
const chosen = (...endpoints: EndpointRecord[]) => chooseWaysOut(endpoints, networks)
const both = (network: string) => ({ ipv4: network, ipv6: network })

test('the way out has the highest priority, then the first name; an internal network is none', () => {
  expect(chosen(on('zoo'), on('ant'))).toEqual(both('ant'))
  expect(chosen(on('zoo', 1), on('ant'))).toEqual(both('zoo'))
  expect(chosen(on('ant', -1), on('zoo'))).toEqual(both('zoo'))
  expect(chosen(on('internal', 9), on('zoo'))).toEqual(both('zoo'))
  expect(chosen(on('internal'))).toEqual({})
})

test('each family goes out by its own network where none has both', () => {
  const ways = chosen(on('four-z'), on('four-a'), on('six-b', -1))
  expect(ways).toEqual({ ipv4: 'four-a', ipv6: 'six-b' })
  expect(networkOfPorts(ways)).toBe('four-a')
  expect(networkOfPorts(chosen(on('six-b'), on('internal')))).toBe('six-b')
  expect(familiesBy('six-b', ways)).toEqual(['ipv6'])
  expect(familiesBy('four-z', ways)).toEqual([])
})

test('a network of both families comes before those of one, whatever their priority', () => {
  expect(chosen(on('four-a', 10), on('six-b', 10), on('zoo'))).toEqual(both('zoo'))
})

test('networks that lead nowhere are the last in order', () => {
  const names = byWayOut([on('internal-a', 9), on('four-b'), on('zoo'), on('six-a')], networks)
  expect(names.map(({ networkId }) => networkId)).toEqual(['zoo', 'four-b', 'six-a', 'internal-a'])
})
