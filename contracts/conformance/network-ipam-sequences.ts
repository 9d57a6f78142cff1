import { strict as assert } from 'node:assert'
import type { ErrorCode } from '../errors/index.ts'
import { networkIpam } from '../network/index.ts'
import { CaseBook } from './case.ts'
import { Chance, follow } from './chance.ts'
import { failsWith } from './checks.ts'
import { contains, freshSubnet, overlap } from './ip.ts'
import { bare, requestPool, takeAddress, type IpamDriver } from './ipam-helpers.ts'

const book = new CaseBook<typeof networkIpam, object>(networkIpam)
/** Promises of `network.ipam`, tried in sequences that nobody thought of. */
export const networkIpamSequenceCases = book.cases

interface Pool {
  readonly prefix: string
  readonly usable: readonly string[]
  poolId: string | undefined
  readonly used: Set<string>
}

interface Step {
  readonly verb: 'pool' | 'free-pool' | 'take' | 'exactly' | 'back'
  readonly pool: number
  readonly host: number
}

/** Three pools of which the first overlaps both others. */
function poolsOf(address: (host: number) => string): [Pool, Pool, Pool] {
  const pool = (base: number, length: number): Pool => {
    const size = 2 ** (32 - length)
    const usable = Array.from({ length: size - 2 }, (_, at) => address(base + at + 1))
    return { prefix: `${address(base)}/${length}`, usable, poolId: undefined, used: new Set() }
  }
  return [pool(32, 28), pool(32, 29), pool(40, 29)]
}

async function check(driver: IpamDriver, pools: readonly Pool[], step: Step, address: string): Promise<void> {
  const pool = pools[step.pool]
  assert.ok(pool !== undefined)
  if (step.verb === 'pool') return await checkPool(driver, pools, pool)
  const { poolId } = pool
  if (poolId === undefined) return
  if (step.verb === 'free-pool') {
    await driver.releasePool({ poolId })
    pool.poolId = undefined
    pool.used.clear()
  } else if (step.verb === 'back') {
    await driver.releaseAddress({ poolId, address })
    pool.used.delete(address)
  } else if (step.verb === 'exactly') {
    const code = refusalOf(pool, address)
    if (code !== undefined) return await failsWith(code, takeAddress(driver, poolId, address))
    note(pool, (await takeAddress(driver, poolId, address)).address, [address])
  } else if (pool.used.size === pool.usable.length) {
    await failsWith('ADDRESSES_EXHAUSTED', takeAddress(driver, poolId))
  } else {
    note(pool, (await takeAddress(driver, poolId)).address, pool.usable)
  }
}

async function checkPool(driver: IpamDriver, pools: readonly Pool[], pool: Pool): Promise<void> {
  const { prefix } = pool
  if (pools.some((each) => each.poolId !== undefined && overlap(each.prefix, prefix))) {
    return await failsWith('POOL_OVERLAPS', requestPool(driver, { pool: prefix }))
  }
  pool.poolId = (await requestPool(driver, { pool: prefix })).poolId
}

function refusalOf(pool: Pool, address: string): ErrorCode | undefined {
  if (!contains(pool.prefix, address)) return 'ADDRESS_OUTSIDE_POOL'
  return !pool.usable.includes(address) || pool.used.has(address) ? 'ADDRESS_IN_USE' : undefined
}

/** The address must be one of these, not used yet, and carry the prefix length. */
function note(pool: Pool, given: string, allowed: readonly string[]): void {
  const address = bare(given)
  assert.ok(allowed.includes(address), `${given} was given from ${pool.prefix}`)
  assert.ok(!pool.used.has(address), `${given} was given twice`)
  assert.equal(given.split('/')[1], pool.prefix.split('/')[1])
  pool.used.add(address)
}

book.prove({
  id: 'sequences',
  methods: ['requestPool', 'releasePool', 'requestAddress', 'releaseAddress'],
  title: 'any sequence of calls gives the pools and addresses that are free, and refuses the others',
  async run({ driver }) {
    for (const seed of [1, 2, 3]) {
      const { address } = freshSubnet()
      const pools = poolsOf(address)
      const chance = new Chance(seed)
      const steps = Array.from({ length: 80 }, (): Step => ({
        verb: chance.pick(['pool', 'take', 'take', 'take', 'exactly', 'exactly', 'back', ...spread(chance)]),
        pool: chance.below(3),
        host: 30 + chance.below(20),
      }))
      const tell = ({ verb, pool, host }: Step): string => `${verb} ${pools[pool]?.prefix ?? ''} ${host}`
      await follow(steps, tell, (step) => check(driver, pools, step, address(step.host)))
      for (const { poolId } of pools) if (poolId !== undefined) await driver.releasePool({ poolId })
    }
  },
})

/** Pools are given back seldom, so that some fill up. */
function spread(chance: Chance): ('free-pool' | 'take')[] {
  return [chance.below(4) === 0 ? 'free-pool' : 'take']
}
