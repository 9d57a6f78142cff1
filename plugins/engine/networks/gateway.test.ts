import { expect, test } from 'vitest'
import type { EndpointRecord } from '../containers/container-record.ts'
import { chooseGateway, takesOver } from './gateway.ts'
import type { NetworkStore } from './network-store.ts'

const networks = {
  get: (id: string) => ({ name: id, spec: { name: id, internal: id.startsWith('internal') } }),
} as unknown as NetworkStore

const on = (network: string, gatewayPriority?: number): EndpointRecord => ({
  networkId: network,
  spec: { network, ...(gatewayPriority === undefined ? {} : { gatewayPriority }) },
})

test('the way out has the highest priority, then the first name; an internal network is none', () => {
  const chosen = (...endpoints: EndpointRecord[]) => chooseGateway(endpoints, networks)?.networkId
  expect(chosen(on('zoo'), on('ant'))).toBe('ant')
  expect(chosen(on('zoo', 1), on('ant'))).toBe('zoo')
  expect(chosen(on('ant', -1), on('zoo'))).toBe('zoo')
  expect(chosen(on('internal', 9), on('zoo'))).toBe('zoo')
  expect(chosen(on('internal'))).toBeUndefined()
})

test('a further network takes over where it is the better way out', () => {
  expect(takesOver(on('zoo'), undefined, networks)).toBe(true)
  expect(takesOver(on('zoo'), on('ant'), networks)).toBe(false)
  expect(takesOver(on('zoo', 1), on('ant'), networks)).toBe(true)
  expect(takesOver(on('internal', 1), undefined, networks)).toBe(false)
})
