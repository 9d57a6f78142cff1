import { defineComponent } from '@moby/contracts'
import { makeLayersDriver, SnapshotStore } from '@moby/lib-snapshots'
import { makeCopyForm } from './copy-form.ts'

export default defineComponent({
  create: async ({ folders, log }) => {
    const store = SnapshotStore.open(folders.data, log)
    return {
      provides: { 'storage.layers': makeLayersDriver(store, makeCopyForm(store)) },
      stop: () => store.settle(),
    }
  },
})
