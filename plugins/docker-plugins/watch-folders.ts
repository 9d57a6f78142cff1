import { watch, type FSWatcher } from 'node:fs'
import { existsSync } from 'node:fs'

/** Changes come in bursts: a socket is bound, then made readable. */
const settleMs = 20
/** For folders within the folders, folders that are made later, and file systems that tell nothing. */
const rescanMs = 5_000

/** Calls back when the content of a folder may have changed. */
export function watchFolders(folders: readonly string[], changed: () => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>()
  let settling: NodeJS.Timeout | undefined
  const tell = () => {
    settling ??= setTimeout(() => {
      settling = undefined
      changed()
    }, settleMs).unref()
  }
  const drop = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const arm = () => {
    for (const folder of folders) {
      if (!existsSync(folder)) drop(folder)
      else if (!watchers.has(folder)) {
        try {
          const watcher = watch(folder, { persistent: false }, tell)
          watcher.on('error', () => drop(folder))
          watchers.set(folder, watcher)
        } catch {
          // No inotify watch is left, or the folder went meanwhile: the next round looks again.
        }
      }
    }
  }
  arm()
  const rounds = setInterval(() => {
    arm()
    changed()
  }, rescanMs).unref()
  return {
    close() {
      clearInterval(rounds)
      clearTimeout(settling)
      for (const folder of folders) drop(folder)
    },
  }
}
