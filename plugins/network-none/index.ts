import { defineComponent, implement, networkDriver } from '@moby/contracts'
import { NoneDriver } from './none-driver.ts'

export default defineComponent({
  async create() {
    return { provides: { 'network.driver': implement(networkDriver, new NoneDriver()) } }
  },
})
