import { defineComponent, logDriver } from '@moby/contracts'
import { JsonFileDriver } from './json-file-driver.ts'
import { readOptions, type LogDefaults } from './options.ts'

export default defineComponent<LogDefaults>({
  async create({ config, folders, log }) {
    readOptions({}, config)
    const driver = new JsonFileDriver({ folder: folders.data, defaults: config, log })
    return {
      provides: { [logDriver.id]: driver.api },
      reconfigure: async (next) => {
        readOptions({}, next)
        return () => driver.takeDefaults(next)
      },
      stop: () => driver.close(),
    }
  },
})
