import { join } from 'node:path'
import { defineComponent, stateStore } from '@moby/contracts'
import { SqliteStore } from './sqlite-store.ts'

interface Config {
  readonly retainedRevisions: number
}

export default defineComponent<Config>({
  async create(context) {
    const store = await SqliteStore.open({
      file: join(context.folders.data, 'state.db'),
      retainedRevisions: context.config.retainedRevisions,
    })
    return { provides: { [stateStore.id]: store.api }, stop: () => store.close() }
  },
})
