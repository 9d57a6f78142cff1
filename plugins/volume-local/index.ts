import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { defineComponent, implement, storageVolume } from '@moby/contracts'
import { LocalVolumes } from './local-volumes.ts'

/** The volume driver `local`: folders of this host, or what mount(2) can mount on them. */
export default defineComponent({
  async create({ folders, log }) {
    const volumes = await LocalVolumes.open(join(await realpath(folders.data), 'volumes'), log)
    return {
      provides: {
        'storage.volume': implement(storageVolume, {
          capabilities: async () => ({ scope: 'local' }),
          async create({ name, options }) {
            await volumes.create(name, options)
            return {}
          },
          get: async ({ name }) => ({ volume: volumes.get(name) }),
          list: async () => ({ volumes: volumes.list() }),
          path: async ({ name }) => ({ mountpoint: volumes.path(name) }),
          mount: async ({ name, id }) => ({ mountpoint: await volumes.mount(name, id) }),
          async unmount({ name, id }) {
            await volumes.unmount(name, id)
            return {}
          },
          usage: async ({ name }) => ({ size: String(await volumes.usage(name)) }),
          async remove({ name }) {
            await volumes.remove(name)
            return {}
          },
        }),
      },
    }
  },
})
