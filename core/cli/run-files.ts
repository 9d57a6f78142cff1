import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes the empty folders below and including this one. It never removes a file: one that is still
 * there belongs to somebody, and a mount must not be emptied.
 */
export async function removeEmptyFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyFolders(join(folder, entry.name))
  await rmdir(folder).catch(() => undefined)
}
