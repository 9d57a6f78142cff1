import { defineComponent, stateStore } from '@moby/contracts'
import type { PoolSource } from './default-pools.ts'
import { PoolDriver } from './pool-driver.ts'

interface Config {
  readonly pools?: readonly PoolSource[]
}

export default defineComponent<Config>({
  async create(context) {
    const driver = await PoolDriver.open(context.one(stateStore), {
      sources: context.config.pools,
      log: context.log,
    })
    return { provides: { 'network.ipam': driver.api } }
  },
})
