import { strict as assert } from 'node:assert'
import { networkIpam } from '../network/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName, outcomes } from './checks.ts'
import { contains, freshSubnet, freshSubnetV6, overlap, parsePrefix, rangeOf } from './ip.ts'
import { requestPool, takeAddress } from './ipam-helpers.ts'

const book = new CaseBook<typeof networkIpam, object>(networkIpam)
/** Promises of `network.ipam`. */
export const networkIpamCases = book.cases

book.prove({
  id: 'capabilities',
  methods: ['capabilities', 'defaultAddressSpaces'],
  title: 'capabilities and the names of both address spaces are told',
  smoke: true,
  async run({ driver }) {
    assert.equal(typeof (await driver.capabilities({})).requiresMacAddress, 'boolean')
    const { local, global } = await driver.defaultAddressSpaces({})
    assert.ok(local !== '' && global !== '')
  },
})

book.prove({
  id: 'free-pools',
  methods: ['requestPool', 'releasePool'],
  title: 'pools that the driver chooses overlap neither one another nor what is to be avoided',
  async run({ driver }) {
    const pools = [await requestPool(driver, {}), await requestPool(driver, {})]
    pools.push(await requestPool(driver, { avoid: [] }))
    const freed = pools.pop()
    assert.ok(freed !== undefined)
    await driver.releasePool({ poolId: freed.poolId })
    pools.push(await requestPool(driver, { avoid: [freed.pool] }))
    assert.ok(!overlap(freed.pool, pools[2]?.pool ?? ''), 'the pool overlaps a route of the host')
    for (const [at, one] of pools.entries()) {
      for (const other of pools.slice(at + 1))
        assert.ok(!overlap(one.pool, other.pool), `${one.pool} and ${other.pool}`)
    }
    for (const { poolId } of pools) await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'explicit-pool',
  methods: ['requestPool', 'releasePool'],
  title: 'a pool that was asked for is given once, and again when it was released',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const first = await requestPool(driver, { pool })
    assert.equal(first.pool, pool)
    await failsWith('POOL_OVERLAPS', requestPool(driver, { pool }))
    await failsWith('POOL_OVERLAPS', requestPool(driver, { pool: `${address(128)}/25` }))
    await driver.releasePool({ poolId: first.poolId })
    await driver.releasePool({ poolId: first.poolId })
    const second = await requestPool(driver, { pool })
    await driver.releasePool({ poolId: second.poolId })
  },
})

book.prove({
  id: 'invalid-pool',
  methods: ['requestPool'],
  title: 'what is no prefix is refused',
  smoke: true,
  async run({ driver }) {
    for (const pool of ['here', '10.0.0.0', '10.0.0.0/33', '300.0.0.0/8', '10.0.0.0/-1']) {
      await failsWith('POOL_INVALID', requestPool(driver, { pool }))
    }
  },
})

book.prove({
  id: 'pools-at-once',
  methods: ['requestPool'],
  title: 'of ten calls at once for one pool one gets it, and no two of ten get the same free one',
  async run({ driver }) {
    const { pool } = freshSubnet()
    const { answers, codes } = await outcomes(Array.from({ length: 10 }, () => requestPool(driver, { pool })))
    assert.equal(answers.length, 1)
    assert.ok(
      codes.every((code) => code === 'POOL_OVERLAPS'),
      codes.join(', '),
    )
    const free = await Promise.all(Array.from({ length: 5 }, () => requestPool(driver, {})))
    assert.equal(new Set(free.map((each) => each.pool)).size, 5)
    for (const { poolId } of [...answers, ...free]) await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'addresses',
  methods: ['requestAddress', 'releaseAddress'],
  title: 'addresses lie in their pool, carry its prefix length, and are neither network, broadcast nor given twice',
  async run({ driver }) {
    const { pool } = freshSubnet()
    const { poolId } = await requestPool(driver, { pool })
    const answers = await Promise.all(Array.from({ length: 100 }, () => takeAddress(driver, poolId)))
    const { first, last } = rangeOf(parsePrefix(pool))
    for (const { address } of answers) {
      assert.ok(contains(pool, address) && address.endsWith('/24'), address)
      assert.ok(![first, last].includes(parsePrefix(address).address), `${address} is network or broadcast`)
    }
    assert.equal(new Set(answers.map(({ address }) => address)).size, 100)
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'explicit-address',
  methods: ['requestAddress', 'releaseAddress'],
  title: 'an address that was asked for is given once, and again when it was released',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const { poolId } = await requestPool(driver, { pool })
    const wanted = address(77)
    assert.equal((await takeAddress(driver, poolId, wanted)).address, `${wanted}/24`)
    await failsWith('ADDRESS_IN_USE', takeAddress(driver, poolId, wanted))
    await failsWith('ADDRESS_OUTSIDE_POOL', takeAddress(driver, poolId, '192.0.2.1'))
    await driver.releaseAddress({ poolId, address: wanted })
    await driver.releaseAddress({ poolId, address: wanted })
    assert.equal((await takeAddress(driver, poolId, wanted)).address, `${wanted}/24`)
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'unknown-pool',
  methods: ['requestAddress', 'releaseAddress', 'releasePool'],
  title: 'no address comes from an unknown pool; to give something back to it is success',
  async run({ driver }) {
    const poolId = freshName('pool')
    await failsWith('POOL_NOT_FOUND', takeAddress(driver, poolId))
    await driver.releaseAddress({ poolId, address: '198.18.0.1' })
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'gateway',
  methods: ['requestAddress'],
  title: 'a gateway gets an address that no container gets',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const { poolId } = await requestPool(driver, { pool: `${address(8)}/29` })
    const gateway = await driver.requestAddress({
      poolId,
      options: { RequestAddressType: 'com.docker.network.gateway' },
    })
    assert.ok(contains(pool, gateway.address))
    const others = await Promise.all(Array.from({ length: 5 }, () => takeAddress(driver, poolId)))
    assert.ok(!others.some((each) => each.address === gateway.address))
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'exhausted',
  methods: ['requestAddress', 'releaseAddress'],
  title: 'a pool gives every usable address, then says that it is exhausted, then gives what came back',
  async run({ driver }) {
    const { address } = freshSubnet()
    const { poolId } = await requestPool(driver, { pool: `${address(16)}/29` })
    const given = await Promise.all(Array.from({ length: 6 }, () => takeAddress(driver, poolId)))
    await failsWith('ADDRESSES_EXHAUSTED', takeAddress(driver, poolId))
    const back = given[3]?.address ?? ''
    await driver.releaseAddress({ poolId, address: back.split('/')[0] ?? '' })
    assert.equal((await takeAddress(driver, poolId)).address, back)
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'sub-pool',
  methods: ['requestPool', 'requestAddress'],
  title: 'addresses come from the part that was named, with the prefix length of the whole',
  async run({ driver }) {
    const { pool, address } = freshSubnet()
    const subPool = `${address(128)}/28`
    const { poolId } = await requestPool(driver, { pool, subPool })
    for (let count = 0; count < 5; count++) {
      const given = await takeAddress(driver, poolId)
      assert.ok(contains(subPool, given.address) && given.address.endsWith('/24'), given.address)
    }
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'ipv6',
  methods: ['requestPool', 'requestAddress'],
  title: 'an IPv6 pool gives different addresses of its own',
  async run({ driver }) {
    const { pool } = freshSubnetV6()
    const { poolId } = await requestPool(driver, { pool, v6: true })
    const given = [await takeAddress(driver, poolId), await takeAddress(driver, poolId)]
    for (const { address } of given) assert.ok(contains(pool, address) && address.endsWith('/64'), address)
    assert.notEqual(given[0]?.address, given[1]?.address)
    await driver.releasePool({ poolId })
  },
})

book.prove({
  id: 'restart-keeps',
  methods: ['requestPool', 'requestAddress', 'capabilities'],
  title: 'after a restart pools and addresses are taken still, or the driver says that it needs them replayed',
  needs: ['restart'],
  async run(subject) {
    const { pool, address } = freshSubnet()
    const { poolId } = await requestPool(subject.driver, { pool })
    await takeAddress(subject.driver, poolId, address(50))
    await subject.restart()
    const { driver } = subject
    if ((await driver.capabilities({})).requiresRequestReplay) {
      assert.equal((await requestPool(driver, { pool })).poolId, poolId)
      await takeAddress(driver, poolId, address(50))
    }
    await failsWith('POOL_OVERLAPS', requestPool(driver, { pool }))
    await failsWith('ADDRESS_IN_USE', takeAddress(driver, poolId, address(50)))
    await driver.releasePool({ poolId })
  },
})
