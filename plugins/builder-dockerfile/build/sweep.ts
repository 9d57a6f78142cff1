import { rm } from 'node:fs/promises'
import type { BuilderParts } from './build-parts.ts'
import { buildLabel } from './run-step.ts'

/** Removes what the builds of a killed engine left: their files and their containers, but for those that users keep. */
export async function sweep({ folder, runFolder, containers, log }: BuilderParts): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await rm(runFolder, { recursive: true, force: true })
  const { containers: left } = await containers.list({ all: true, filter: { labels: [buildLabel] } })
  for (const { id } of left) {
    await containers
      .remove({ ref: id, force: true, volumes: true })
      .catch((error: unknown) => log.warn('a container of a build was not removed', { id, error: String(error) }))
  }
}
