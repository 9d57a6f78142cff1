import { join } from 'node:path'
import { builder, defineComponent, engineContainers, engineImages, stateStore } from '@moby/contracts'
import type { BuilderParts } from './build/build-parts.ts'
import { sweep } from './build/sweep.ts'
import { createBuilder } from './builder-service.ts'
import { CacheMounts } from './cache/cache-mounts.ts'
import { CacheRecords } from './cache/cache-records.ts'
import { HeldImages } from './cache/held-images.ts'

export default defineComponent<{ readonly maxContextBytes: number }>({
  async create({ config, folders, log, ...context }) {
    const parts: BuilderParts = {
      containers: context.one(engineContainers),
      images: context.one(engineImages),
      cache: await CacheRecords.load(context.one(stateStore)),
      held: new HeldImages(),
      mounts: new CacheMounts(join(folders.data, 'mounts')),
      folder: join(folders.data, 'builds'),
      runFolder: join(folders.run, 'files'),
      maxContextBytes: config.maxContextBytes,
      log,
    }
    return {
      provides: { [builder.id]: createBuilder(parts) },
      start: () => sweep(parts),
    }
  },
})
