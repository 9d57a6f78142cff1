import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { builder, defineComponent, engineContainers, engineImages, stateStore } from '@moby/contracts'
import type { BuilderParts } from './build/build-parts.ts'
import { buildLabel } from './build/run-step.ts'
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

/** Removes what the builds of a killed engine left: their files and containers. */
async function sweep({ folder, runFolder, containers, log }: BuilderParts): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await rm(runFolder, { recursive: true, force: true })
  const { containers: left } = await containers.list({ all: true, filter: { labels: [buildLabel] } })
  for (const { id } of left) {
    await containers
      .remove({ ref: id, force: true, volumes: true })
      .catch((error: unknown) => log.warn('a container of a build was not removed', { id, error: String(error) }))
  }
}
