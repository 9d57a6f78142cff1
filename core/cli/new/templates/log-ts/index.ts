import { join } from 'node:path'
import { CodedError, defineComponent } from '../../../../../contracts/sdk/typescript/component.ts'
import type { Driver } from '../../../../../contracts/sdk/typescript/contracts/log-driver.ts'
import { LogStore } from './log-store.ts'
import { chosen } from './reading.ts'

/** The contract `log.driver` in terms of files. */
export default defineComponent({
  async create({ folders }) {
    const logs = await LogStore.open(join(folders.data, 'logs'))
    const driver: Driver = {
      capabilities: async () => ({ read: true }),
      async validate({ options }) {
        checkOptions(options)
        return {}
      },
      async open({ log, info }) {
        checkOptions(info.options)
        const opened = await logs.open(log)
        return { position: opened.position, path: opened.path }
      },
      async write({ log, records, position }) {
        await logs.find(log).write(records, position)
        return {}
      },
      read: (request, call) => chosen(request, () => logs.read(request.log), call?.signal),
      close: ({ log }) => logs.close(log),
      remove: ({ log }) => logs.remove(log),
    }
    return { provides: { 'log.driver': driver }, stop: () => logs.closeAll() }
  },
})

function checkOptions(options: Readonly<Record<string, string>>): void {
  const [option] = Object.keys(options)
  if (option === undefined) return
  throw new CodedError('LOG_OPTION_INVALID', `there is no log option ${option}`, { hint: 'Leave it out.' })
}
