import { expect, test } from 'vitest'
import type { PoolRecord } from './network-record.ts'
import { showPools } from './show-pools.ts'

const pool = (version: 4 | 6, subnet: string, gateway: string): PoolRecord => ({
  version,
  poolId: subnet,
  data: { addressSpace: 'local', pool: subnet, gateway },
  gatewayReserved: true,
})
const chosen = pool(4, '172.18.0.0/16', '172.18.0.1/16')
const six = pool(6, 'fd00:91::/64', 'fd00:91::1/64')

test('a gateway that the engine chose is told where it chose the subnet too', () => {
  const shown = (ipam?: object[]) => showPools({ pools: [chosen, six], spec: { name: 'n', ...(ipam && { ipam }) } })
  expect(shown()).toEqual([
    { subnet: '172.18.0.0/16', gateway: '172.18.0.1' },
    { subnet: 'fd00:91::/64', gateway: 'fd00:91::1' },
  ])
  expect(shown([{ subnet: 'fd00:91::/64' }])).toEqual([
    { subnet: 'fd00:91::/64' },
    { subnet: '172.18.0.0/16', gateway: '172.18.0.1' },
  ])
  expect(shown([{ subnet: 'fd00:91::/64', gateway: 'fd00:91::1' }])[0]).toMatchObject({ gateway: 'fd00:91::1' })
})
