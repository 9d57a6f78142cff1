import { strict as assert } from 'node:assert'
import { networkIpam } from '../network/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, maybeCancelled, outcomes } from './checks.ts'
import { contains, freshSubnet, freshSubnetV6, overlap, parsePrefix } from './ip.ts'
import { bare, requestPool, takeAddress, type IpamDriver } from './ipam-helpers.ts'

const book = new CaseBook<typeof networkIpam, object>(networkIpam)
/** Promises of `network.ipam` on which pools and addresses are given, and which are refused. */
export const networkIpamPoolCases = book.cases

const poolOf = async (driver: IpamDriver, pool: string, subPool?: string) =>
  (await requestPool(driver, { pool, ...(subPool === undefined ? {} : { subPool }), v6: pool.includes(':') })).poolId

book.prove({
  id: 'avoided-prefixes',
  methods: ['requestPool'],
  title: 'a free pool lies beside every prefix that is to be avoided, whatever its family, length and host bits',
  async run({ driver }) {
    for (const v6 of [false, true]) {
      const { pool, poolId } = await requestPool(driver, { v6 })
      await driver.releasePool({ poolId })
      const { address, length } = parsePrefix(pool)
      assert.equal(parsePrefix(pool).v6, v6)
      const bits = v6 ? 128 : 32
      const last = textOf(address + (1n << BigInt(bits - length)) - 1n, v6)
      for (const route of [`${last}/${bits}`, `${last}/${length}`, `${last}/${length - 1}`, `${last}/${bits - 3}`]) {
        const avoid = ['192.0.2.7/32', route, '2001:db8::1/128', '10.77.0.1/16']
        const other = await requestPool(driver, { v6, avoid })
        for (const each of avoid) assert.ok(!overlap(other.pool, each), `${other.pool} overlaps ${each}`)
        assert.equal(parsePrefix(other.pool).address, parsePrefix(networkOf(other.pool)).address, 'host bits are set')
        await driver.releasePool({ poolId: other.poolId })
      }
    }
  },
})

book.prove({
  id: 'nothing-free',
  methods: ['requestPool'],
  title: 'when everything is to be avoided there is no free pool, and a pool that is asked for is given all the same',
  async run({ driver }) {
    await failsWith('POOLS_EXHAUSTED', requestPool(driver, { avoid: ['0.0.0.0/0'] }))
    await failsWith('POOLS_EXHAUSTED', requestPool(driver, { v6: true, avoid: ['::/0'] }))
    const { pool } = freshSubnet()
    const asked = await requestPool(driver, { pool, avoid: ['0.0.0.0/0'] })
    assert.equal(asked.pool, pool)
    await driver.releasePool({ poolId: asked.poolId })
    const free = await requestPool(driver, { avoid: ['::/0'] })
    await driver.releasePool({ poolId: free.poolId })
  },
})

book.prove({
  id: 'refused-pools',
  methods: ['requestPool'],
  title: 'host bits, the other family, an unknown space and a part of another pool are refused, and nothing is taken',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const v6 = freshSubnetV6()
    const refused: Parameters<typeof requestPool>[1][] = [
      { pool: `${address(1)}/24` },
      { pool: `${address(128)}/24` },
      { pool, v6: true },
      { pool: v6.pool },
      { pool: `${v6.address(1)}/64`, v6: true },
      { pool, addressSpace: 'no such space' },
      { pool, subPool: '192.0.2.0/28' },
      { pool: `${address(0)}/25`, subPool: `${address(128)}/25` },
      { pool: `${address(0)}/25`, subPool: pool },
      { pool, subPool: `${address(1)}/28` },
      { pool, subPool: 'here' },
      { pool, subPool: v6.pool },
      { subPool: `${address(0)}/28` },
      { pool: 'fd00::/129', v6: true },
      { pool: 'fd00:::/64', v6: true },
      { pool: `${pool}/24` },
      { pool: '1.2.3/24' },
      { pool: '' },
    ]
    for (const wanted of refused) await failsWith('POOL_INVALID', requestPool(driver, wanted))
    const free = await requestPool(driver, {})
    await driver.releasePool({ poolId: free.poolId })
    await failsWith('POOL_INVALID', requestPool(driver, { subPool: free.pool }))
    await driver.releasePool({ poolId: await poolOf(driver, pool, pool) })
    await driver.releasePool({ poolId: await poolOf(driver, v6.pool, v6.pool) })
  },
})

book.prove({
  id: 'spaces',
  methods: ['requestPool', 'defaultAddressSpaces'],
  title: 'pools of different address spaces have nothing to do with each other',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const { local, global } = await driver.defaultAddressSpaces({})
    if (local === global) return
    const one = await requestPool(driver, { pool })
    const other = await requestPool(driver, { pool, addressSpace: global })
    assert.notEqual(one.poolId, other.poolId)
    await takeAddress(driver, one.poolId, address(9))
    await takeAddress(driver, other.poolId, address(9))
    await driver.releasePool({ poolId: one.poolId })
    await failsWith('ADDRESS_IN_USE', takeAddress(driver, other.poolId, address(9)))
    await failsWith('POOL_OVERLAPS', requestPool(driver, { pool, addressSpace: global }))
    await driver.releasePool({ poolId: other.poolId })
  },
})

book.prove({
  id: 'neighbouring-pools',
  methods: ['requestPool'],
  title: 'pools may lie side by side, but not within each other, also when only a part of one is used',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const ids = [
      await poolOf(driver, `${address(64)}/26`, `${address(64)}/28`),
      await poolOf(driver, `${address(0)}/26`),
      await poolOf(driver, `${address(128)}/25`),
    ]
    for (const taken of [pool, `${address(96)}/27`, `${address(63)}/32`, `${address(0)}/25`, `${address(255)}/32`]) {
      await failsWith('POOL_OVERLAPS', requestPool(driver, { pool: taken }))
    }
    for (const poolId of ids) await driver.releasePool({ poolId })
    await driver.releasePool({ poolId: await poolOf(driver, pool) })
  },
})

book.prove({
  id: 'refused-addresses',
  methods: ['requestAddress'],
  title: 'network and broadcast, what lies outside and what is no address are refused, each with its code',
  async run({ driver }) {
    const { address } = freshSubnet()
    const v6 = freshSubnetV6()
    const poolId = await poolOf(driver, `${address(64)}/26`)
    for (const edge of [64, 127]) await failsWith('ADDRESS_IN_USE', takeAddress(driver, poolId, address(edge)))
    for (const outside of [
      address(63),
      address(128),
      '0.0.0.0',
      '255.255.255.255',
      v6.address(65),
      sixOf(address(70)),
    ]) {
      await failsWith('ADDRESS_OUTSIDE_POOL', takeAddress(driver, poolId, outside))
    }
    for (const text of ['here', '1.2.3', '1.2.3.256', `${address(65)}/26`, ':::']) {
      await failsWith('ADDRESS_INVALID', takeAddress(driver, poolId, text))
    }
    for (const edge of [65, 126]) {
      assert.equal((await takeAddress(driver, poolId, address(edge))).address, `${address(edge)}/26`)
    }
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'smallest-pools',
  methods: ['requestAddress'],
  title: 'pools of one, two and four addresses give every one that is neither network nor broadcast',
  async run({ driver }) {
    const { address } = freshSubnet()
    const v6 = freshSubnetV6()
    const pools: [string, string[]][] = [
      [`${address(8)}/32`, [address(8)]],
      [`${address(10)}/31`, [address(10), address(11)]],
      [`${address(12)}/30`, [address(13), address(14)]],
      [`${v6.address(8)}/128`, [v6.address(8)]],
      [`${v6.address(10)}/127`, [v6.address(10), v6.address(11)]],
      [`${v6.address(12)}/126`, [v6.address(13), v6.address(14), v6.address(15)]],
    ]
    for (const [pool, usable] of pools) {
      const poolId = await poolOf(driver, pool)
      const given = []
      for (const _ of usable) given.push(bare((await takeAddress(driver, poolId)).address))
      assert.deepEqual(given.toSorted(), usable.toSorted(), pool)
      await failsWith('ADDRESSES_EXHAUSTED', takeAddress(driver, poolId))
      for (const each of usable) await failsWith('ADDRESS_IN_USE', takeAddress(driver, poolId, each))
      await driver.releasePool({ poolId })
    }
  },
})

book.prove({
  id: 'part-of-a-pool',
  methods: ['requestAddress'],
  title: 'a part of a pool gives its addresses and no more; the others are for those who ask for them',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    for (const [start, usable] of [
      [0, [1, 2, 3]],
      [16, [16, 17, 18, 19]],
      [252, [252, 253, 254]],
    ] as const) {
      const poolId = await poolOf(driver, pool, `${address(start)}/30`)
      const given = []
      assert.equal((await takeAddress(driver, poolId, address(100))).address, `${address(100)}/24`)
      for (const _ of usable) given.push((await takeAddress(driver, poolId)).address)
      assert.deepEqual(given.toSorted(), usable.map((host) => `${address(host)}/24`).toSorted())
      await failsWith('ADDRESSES_EXHAUSTED', takeAddress(driver, poolId))
      await failsWith('ADDRESS_IN_USE', takeAddress(driver, poolId, address(100)))
      await driver.releasePool({ poolId })
    }
  },
})

book.prove({
  id: 'release',
  methods: ['releaseAddress', 'releasePool', 'requestAddress'],
  title: 'an address that is given back is free, however it is written; no other is',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const v6 = freshSubnetV6()
    const [four, six] = [await poolOf(driver, pool), await poolOf(driver, v6.pool)]
    for (const host of [32, 33, 65]) await takeAddress(driver, four, address(host))
    await takeAddress(driver, six, v6.address(0xab))
    for (const other of [address(34), '192.0.2.1', v6.address(0xab), sixOf(address(32))]) {
      await driver.releaseAddress({ poolId: four, address: other })
    }
    for (const host of [32, 33, 65]) await failsWith('ADDRESS_IN_USE', takeAddress(driver, four, address(host)))
    await driver.releaseAddress({ poolId: four, address: address(33) })
    await failsWith('ADDRESS_IN_USE', takeAddress(driver, four, address(32)))
    await failsWith('ADDRESS_IN_USE', takeAddress(driver, four, address(65)))
    await takeAddress(driver, four, address(33))
    await driver.releaseAddress({ poolId: six, address: v6.address(0xab).replace('::', ':0:0:0:').toUpperCase() })
    await takeAddress(driver, six, v6.address(0xab))
    await driver.releasePool({ poolId: four })
    await failsWith('POOL_NOT_FOUND', takeAddress(driver, four))
    await failsWith('ADDRESS_IN_USE', takeAddress(driver, six, v6.address(0xab)))
    const again = await poolOf(driver, pool)
    for (const host of [32, 33, 65]) await takeAddress(driver, again, address(host))
    await driver.releasePool({ poolId: again })
    await driver.releasePool({ poolId: six })
  },
})

book.prove({
  id: 'address-at-once',
  methods: ['requestAddress'],
  title: 'of ten calls at once for one address one gets it',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const poolId = await poolOf(driver, pool)
    const calls = Array.from({ length: 10 }, () => takeAddress(driver, poolId, address(7)))
    const { answers, codes } = await outcomes(calls)
    assert.equal(answers.length, 1)
    assert.deepEqual([...new Set(codes)], ['ADDRESS_IN_USE'])
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'large-pools',
  methods: ['requestPool', 'requestAddress'],
  title: 'the largest pools give their first and last addresses',
  async run({ driver }) {
    const v6 = `fd${freshSubnetV6().pool.slice(2, 4)}::/16`
    for (const [pool, near, far] of [
      ['1.0.0.0/8', '1.0.0.1', '1.255.255.254'],
      ['240.0.0.0/5', '240.0.0.1', '247.255.255.254'],
      [v6, v6.replace('::/16', '::1'), v6.replace('::/16', ':ffff:ffff:ffff:ffff:ffff:ffff:ffff')],
    ] as const) {
      const poolId = await poolOf(driver, pool)
      assert.equal(bare((await takeAddress(driver, poolId, far)).address), far)
      assert.ok(contains(pool, (await takeAddress(driver, poolId)).address))
      await driver.releaseAddress({ poolId, address: far })
      assert.equal(bare((await takeAddress(driver, poolId, far)).address), far)
      await outcomes([takeAddress(driver, poolId, near)])
      await failsWith('ADDRESS_IN_USE', takeAddress(driver, poolId, near))
      await driver.releasePool({ poolId })
    }
  },
})

book.prove({
  id: 'hundreds',
  methods: ['requestAddress', 'releaseAddress'],
  title: 'hundreds of addresses are given, then those that came back, each to one',
  async run({ driver }) {
    const { address } = freshSubnet()
    const poolId = await poolOf(driver, `${address(0)}/24`)
    const taken = Array.from({ length: 254 }, () => takeAddress(driver, poolId))
    const all = new Set((await Promise.all(taken)).map((each) => bare(each.address)))
    assert.equal(all.size, 254)
    await failsWith('ADDRESSES_EXHAUSTED', takeAddress(driver, poolId))
    const back = [...all].filter((_, at) => at % 31 === 5)
    await Promise.all(back.map((each) => driver.releaseAddress({ poolId, address: each })))
    const again = await Promise.all(back.map(() => takeAddress(driver, poolId)))
    assert.deepEqual(again.map((each) => bare(each.address)).toSorted(), back.toSorted())
    await failsWith('ADDRESSES_EXHAUSTED', takeAddress(driver, poolId))
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'cancelled',
  methods: ['requestAddress', 'releasePool', 'releaseAddress'],
  title: 'a call that its caller gave up leaves all of its work or nothing, and the pool can be used on',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const poolId = await poolOf(driver, pool)
    const givenUp = { signal: AbortSignal.abort() }
    await maybeCancelled(driver.requestAddress({ poolId, address: address(5), options: {} }, givenUp))
    await driver.releaseAddress({ poolId, address: address(5) })
    assert.equal((await takeAddress(driver, poolId, address(5))).address, `${address(5)}/24`)
    await maybeCancelled(driver.releasePool({ poolId }, givenUp))
    await driver.releasePool({ poolId })
    await driver.releasePool({ poolId: await poolOf(driver, pool) })
  },
})

/** The IPv6 address with the number of an IPv4 one. */
function sixOf(address: string): string {
  const digits = parsePrefix(address).address.toString(16).padStart(8, '0')
  return `::${digits.slice(0, 4)}:${digits.slice(4)}`
}

function networkOf(prefix: string): string {
  const { v6, address, length } = parsePrefix(prefix)
  const rest = BigInt((v6 ? 128 : 32) - length)
  return textOf((address >> rest) << rest, v6)
}

/** Long form, without `::`. */
function textOf(value: bigint, v6: boolean): string {
  const digits = value.toString(16).padStart(v6 ? 32 : 8, '0')
  const groups = digits.match(v6 ? /.{4}/g : /../g) ?? []
  return v6 ? groups.join(':') : groups.map((group) => Number.parseInt(group, 16)).join('.')
}
