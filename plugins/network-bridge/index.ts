import { defineComponent } from '@moby/contracts'
import { BridgeDriver } from './bridge-driver.ts'
import type { FirewallChoice } from './firewall/choose-firewall.ts'

interface Config {
  readonly firewall: FirewallChoice
}

export default defineComponent<Config>({
  async create(context) {
    const driver = await BridgeDriver.open({
      instanceId: context.instance.id,
      data: context.folders.data,
      run: context.folders.run,
      firewall: context.config.firewall,
      log: context.log,
      degraded: (reason) => context.degraded(reason),
    })
    return { provides: { 'network.driver': driver.api }, stop: (reason) => driver.stop(reason) }
  },
})
