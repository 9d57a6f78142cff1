import { defineComponent } from '@moby/contracts'
import { CniDriver } from './cni-driver.ts'

interface Config {
  readonly folder: string
  readonly programs: readonly string[]
}

export default defineComponent<Config>({
  async create(context) {
    const { folder, programs } = context.config
    const driver = new CniDriver({ folder, programs, data: context.folders.data, log: context.log })
    return { provides: { 'network.driver': driver.api }, stop: (reason) => driver.stop(reason) }
  },
})
