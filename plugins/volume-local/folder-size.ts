import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of file content below a folder, a file with several links counted once. */
export async function folderSize(folder: string, counted = new Set<string>()): Promise<bigint> {
  let size = 0n
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) size += await folderSize(path, counted)
    else if (entry.isFile()) {
      const status = await lstat(path, { bigint: true })
      const identity = `${status.dev}:${status.ino}`
      if (!counted.has(identity)) size += status.size
      counted.add(identity)
    }
  }
  return size
}
