import { componentLauncher, defineComponent, enginePlugins, imageSource, stateStore } from '@moby/contracts'
import { ManagedPlugins } from './managed/managed-plugins.ts'
import { noManagedPlugins } from './managed/no-managed-plugins.ts'
import { PluginPlaces } from './managed/plugin-places.ts'
import { PluginRunner } from './managed/plugin-runner.ts'
import { PluginShelf, type ShelfConfig } from './plugin-shelf.ts'

export default defineComponent<ShelfConfig>({
  async create(context) {
    const { folders, log } = context
    const shelf = new PluginShelf(context)
    shelf.open()
    const store = context.maybe(stateStore)
    const places = new PluginPlaces(folders)
    const runner = new PluginRunner({ launcher: context.maybe(componentLauncher), places, home: shelf, log })
    const managed =
      store === undefined
        ? undefined
        : await ManagedPlugins.open({
            store,
            sources: context.many(imageSource),
            places,
            runner,
            version: context.component.version,
            log,
          })
    return {
      provides: { [enginePlugins.id]: managed?.api ?? noManagedPlugins },
      discover: (contract, name) => shelf.discover(contract, name),
      stop: async () => {
        await shelf.close()
        await managed?.close()
      },
    }
  },
})
