import type { EndpointSpec } from '@moby/contracts'
import { expect, test } from 'vitest'
import { checkAddresses } from './check-addresses.ts'

const network = { spec: { name: 'n', ipam: [{ subnet: '10.93.0.0/24', range: '10.93.0.128/25' }] } }
const check = (endpoint: Omit<EndpointSpec, 'network'>, of: { spec: { name: string; ipam?: object[] } } = network) =>
  checkAddresses(of, { network: 'n', ...endpoint })

test('an address must lie in a subnet that the network was configured with, of the same family', () => {
  check({})
  check({ ipv4Address: '10.93.0.77' })
  expect(() => check({ ipv4Address: '10.1.1.1' })).toThrow(
    'invalid endpoint settings:\nno configured subnet or ip-range contain the IP address 10.1.1.1',
  )
  const needsConfigured = 'supported only when connecting to networks with user configured subnets'
  expect(() => check({ ipv6Address: 'fd00:93::77' })).toThrow(needsConfigured)
  expect(() => check({ ipv4Address: '172.18.0.9' }, { spec: { name: 'n' } })).toThrow(needsConfigured)
  check({ ipv6Address: 'fd00:93::77' }, { spec: { name: 'n', ipam: [{ subnet: 'fd00:93::/64' }] } })
})
