import { defineComponent } from '@moby/contracts'
import { ParentNetworkDriver } from '@moby/lib-parent-network'

export default defineComponent({
  async create(context) {
    const driver = new ParentNetworkDriver({
      kind: 'macvlan',
      instanceId: context.instance.id,
      data: context.folders.data,
      log: context.log,
    })
    return { provides: { 'network.driver': driver.api }, stop: (reason) => driver.stop(reason) }
  },
})
