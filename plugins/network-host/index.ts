import { defineComponent, implement, networkDriver } from '@moby/contracts'
import { HostDriver } from './host-driver.ts'

export default defineComponent({
  async create() {
    return { provides: { 'network.driver': implement(networkDriver, new HostDriver()) } }
  },
})
