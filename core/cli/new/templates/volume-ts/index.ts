import { join } from 'node:path'
import { defineComponent } from '../../../../../contracts/sdk/typescript/component.ts'
import type { Driver } from '../../../../../contracts/sdk/typescript/contracts/storage-volume.ts'
import { FolderVolumes } from './folder-volumes.ts'

/** The contract `storage.volume` in terms of folders. */
export default defineComponent<{ readonly path?: string }>({
  async create({ config, folders, log }) {
    const volumes = await FolderVolumes.open(config.path ?? join(folders.data, 'volumes'), log)
    const driver: Driver = {
      capabilities: async () => ({ scope: 'local' }),
      create: ({ name, options }) => volumes.create(name, options),
      get: async ({ name }) => ({ volume: volumes.get(name) }),
      list: async () => ({ volumes: volumes.list() }),
      path: async ({ name }) => ({ mountpoint: volumes.path(name) }),
      mount: async ({ name, id }) => ({ mountpoint: await volumes.mount(name, id) }),
      unmount: ({ name, id }) => volumes.unmount(name, id),
      usage: async ({ name }, call) => ({ size: String(await volumes.usage(name, call?.signal)) }),
      remove: ({ name }) => volumes.remove(name),
    }
    return { provides: { 'storage.volume': driver } }
  },
})
