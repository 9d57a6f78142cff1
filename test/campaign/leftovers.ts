import { readdir, readFile, readlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Ids, digests, pids and times in a path, which differ from engine to engine. */
const changing = /[0-9a-f]{12,}|\d{3,}/g

/** Files and folders down to this depth are told; what is below one that is left over is left over as well. */
const depth = 6

/**
 * Changed by an engine at times of its own, whatever clients do: its state, the files of its components (decision 26), and
 * those of the process that answers names, which outlives the last port by a minute (decision 25).
 */
const ownBusiness = [/^components\/state\//, /^payloads\//, /\/names\/(c\.sock|code|log)(\/|$)/]

/** What is below a folder, with all that changes from run to run written as `*`. */
export async function fileKinds(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path.split('/').length < depth && !ownBusiness.some((own) => own.test(path)))
    .map((path) => path.replaceAll(changing, '*').replace(/storage\/s\/[0-9a-z]+/, 'storage/s/*'))
    .toSorted()
}

/** Keys of the state store of an engine that is not running. */
export function stateKeys(dataRoot: string): string[] {
  const database = new DatabaseSync(join(dataRoot, 'components/state/state.db'), { readOnly: true })
  try {
    return database
      .prepare('SELECT key FROM entries ORDER BY key')
      .all()
      .map(({ key }) => String(key).replaceAll(changing, '*'))
  } finally {
    database.close()
  }
}

/** What the second list has more often than the first. */
export function added(before: readonly string[], after: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const item of before) left.set(item, (left.get(item) ?? 0) + 1)
  return after.filter((item) => {
    const count = left.get(item) ?? 0
    left.set(item, count - 1)
    return count <= 0
  })
}

/** Sleeping processes that hold streams of containers below a data root. */
export async function keepers(dataRoot: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const held = await readlink(`/proc/${pid}/fd/0`).catch(() => '')
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (command === 'sleep\n' && held.startsWith(`${dataRoot}/`)) found.push(`${pid} ${held.slice(dataRoot.length)}`)
  }
  return found
}

export async function openFiles(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return targets.map((target) => target.replaceAll(changing, '*')).toSorted()
}

/** Prepared and used network namespaces of an engine. */
export async function sandboxes(dataRoot: string): Promise<number> {
  return (await readdir(join(dataRoot, 'run/components/engine/netns')).catch(() => [])).length
}
