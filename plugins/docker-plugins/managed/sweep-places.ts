import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@moby/contracts'
import { removePluginFolder } from './remove-plugin-folder.ts'
import type { PluginPlaces } from './plugin-places.ts'
import type { PluginRecord } from './plugin-record.ts'

/** Removes what no record names: plugins that were being made or removed, and roots of packages before the last. */
export async function sweepPlaces(places: PluginPlaces, records: readonly PluginRecord[], log: Logger): Promise<void> {
  mkdirSync(places.plugins, { recursive: true, mode: 0o711 })
  const known = new Map(records.map((record) => [record.id, record]))
  const unneeded = readdirSync(places.plugins).flatMap((id) => {
    const record = known.get(id)
    const folder = join(places.plugins, id)
    if (record === undefined) return [folder]
    return readdirSync(folder)
      .filter((name) => name.startsWith('rootfs-') && name !== record.root)
      .map((name) => join(folder, name))
  })
  for (const folder of unneeded) {
    await removePluginFolder(folder).catch((error: unknown) => {
      log.warn('What is left of a plugin could not be removed.', { folder, error: String(error) })
    })
  }
}
