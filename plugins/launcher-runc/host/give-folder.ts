import { lstatSync, readdirSync } from 'node:fs'
import { lchown } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Gives a folder to a user: it and what lies directly in it, and everything below when it belonged to somebody else.
 * Links are not followed. What vanishes meanwhile is nobody's.
 */
export async function giveFolder(folder: string, uid: number, gid: number): Promise<void> {
  const before = lstatSync(folder)
  const isOurs = before.uid === uid && before.gid === gid
  if (isOurs && uid === 0) return
  await giveBelow(folder, uid, gid, !isOurs)
  await lchown(folder, uid, gid)
}

async function giveBelow(folder: string, uid: number, gid: number, deep: boolean): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (deep && entry.isDirectory()) await giveBelow(path, uid, gid, true)
    await lchown(path, uid, gid).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}
