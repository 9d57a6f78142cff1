import { networkIpam, type DriverSet, type Implementation } from '@moby/contracts'
import { beforeEach, describe, expect, it } from 'vitest'
import { IpamJournal } from './ipam-journal.ts'

type Ipam = Implementation<typeof networkIpam>

let pool = '10.9.0.0/24'
let address = '10.9.0.2/24'
let released: string[] = []

const driver = {
  requestPool: async () => ({ poolId: 'p', pool, data: {} }),
  releasePool: async ({ poolId }) => {
    released.push(poolId)
    return {}
  },
  requestAddress: async () => ({ address, data: {} }),
  releaseAddress: async ({ address: back }) => {
    released.push(back)
    return {}
  },
} as Partial<Ipam> as Ipam

const drivers: DriverSet<typeof networkIpam> = { get: () => driver, has: () => true, list: () => [] }

describe('an address driver that lies', () => {
  let ipam: Ipam
  beforeEach(() => {
    ipam = new IpamJournal(drivers).get('odd')
    ;[pool, address, released] = ['10.9.0.0/24', '10.9.0.2/24', []]
  })
  const askPool = (v6 = false) => ipam.requestPool({ addressSpace: 'l', options: {}, v6 })
  const askAddress = (wanted?: string) =>
    ipam.requestAddress({ poolId: 'p', options: {}, ...(wanted === undefined ? {} : { address: wanted }) })

  it.each([
    ['10.9.0.0', false],
    ['10.9.0.0/33', false],
    ['10.9.0.0/24', true],
    ['fd00::/64', false],
    ['pool', false],
  ])('D15 and gives the pool %s (v6: %s) is refused, and gets it back', async (given, v6) => {
    pool = given
    await expect(askPool(v6)).rejects.toMatchObject({
      code: 'DRIVER_LIED',
      message: expect.stringContaining(`The address driver odd gave "${given}"`) as string,
    })
    expect(released).toEqual(['p'])
  })

  it.each([
    ['10.8.0.2/24', 'which is not of its pool 10.9.0.0/24'],
    ['10.9.1.2/24', 'which is not of its pool 10.9.0.0/24'],
    ['fd00::2/64', 'which is not of its pool 10.9.0.0/24'],
    ['10.9.0.2', 'which has no such form'],
    ['10.9.0.256/24', 'which has no such form'],
  ])('D15 and gives the address %s is refused, and gets it back', async (given, words) => {
    await askPool()
    address = given
    await expect(askAddress()).rejects.toThrow(`The address driver odd gave the address "${given}", ${words}`)
    expect(released).toEqual([given.split('/')[0]])
  })

  it('D15 and gives an address a second time is refused, while the first keeps it', async () => {
    await askPool()
    await askAddress()
    await expect(askAddress()).rejects.toThrow('gave the address "10.9.0.2/24" of the pool 10.9.0.0/24 a second time')
    expect(released).toEqual([])
    await ipam.releaseAddress({ poolId: 'p', address: '10.9.0.2' })
    expect(await askAddress()).toMatchObject({ address: '10.9.0.2/24' })
  })

  it('D15 and gives another address than the one asked for is refused', async () => {
    await askPool()
    await expect(askAddress('10.9.0.7')).rejects.toThrow('gave "10.9.0.2/24" for 10.9.0.7')
    expect(released).toEqual(['10.9.0.2'])
    address = '10.9.0.7/24'
    expect(await askAddress('10.9.0.7')).toMatchObject({ address })
  })

  it('is believed in both families, and without rules where it manages no addresses', async () => {
    pool = 'fd00:1::/64'
    await askPool(true)
    address = 'fd00:1:0:0::5/64'
    await askAddress()
    await expect(askAddress('fd00:1::5')).rejects.toThrow('a second time')
    pool = '0.0.0.0/0'
    await askPool()
    address = '0.0.0.0/0'
    await askAddress()
    await askAddress()
  })
})
