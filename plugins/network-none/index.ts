import { defineComponent, implement, networkDriver } from '@moby/contracts'
import { PredefinedNetworkDriver } from '@moby/lib-predefined-network'

/** The network named none: a sandbox of its own with nothing but loopback. */
export default defineComponent({
  async create() {
    const driver = new PredefinedNetworkDriver({ driver: 'null', network: 'none' })
    return { provides: { 'network.driver': implement(networkDriver, driver) } }
  },
})
