import { defineComponent, implement, networkDriver } from '@moby/contracts'
import { PredefinedNetworkDriver } from '@moby/lib-predefined-network'

/** The network named host: the sandbox is the namespace of the host itself. */
export default defineComponent({
  async create() {
    const driver = new PredefinedNetworkDriver({ driver: 'host', network: 'host' })
    return { provides: { 'network.driver': implement(networkDriver, driver) } }
  },
})
