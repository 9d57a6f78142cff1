import { defineComponent, logDriver } from '@moby/contracts'
import { localDriver } from './local-driver.ts'
import { readOptions, type LogDefaults } from './options.ts'

export default defineComponent<LogDefaults>({
  async create({ config, folders, log }) {
    readOptions({}, config)
    let defaults = config
    const driver = localDriver({ folder: folders.data, defaults: () => defaults, log })
    return {
      provides: { [logDriver.id]: driver.api },
      reconfigure: async (next) => {
        readOptions({}, next)
        return () => {
          defaults = next
        }
      },
      stop: () => driver.close(),
    }
  },
})
