import { defineComponent } from '@moby/contracts'
import { PluginShelf, type ShelfConfig } from './plugin-shelf.ts'

export default defineComponent<ShelfConfig>({
  async create(context) {
    const shelf = new PluginShelf(context)
    shelf.open()
    return {
      provides: {},
      discover: (contract, name) => shelf.discover(contract, name),
      stop: () => shelf.close(),
    }
  },
})
