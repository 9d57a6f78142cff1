import { lstatSync, readlinkSync } from 'node:fs'
import { posix } from 'node:path'
import process from 'node:process'

/** As many symbolic links as the kernel follows in one path. */
const mostLinks = 40
const links = new Set(['fd', 'fdinfo', 'root', 'cwd', 'exe', 'map_files', 'task'])

/**
 * Whether a path of the host leads through the entry in /proc of the process that resolves it, which is never the one
 * that the user has in mind: `/proc/self/fd/3`, `/dev/stdin`, or a symbolic link to them.
 */
export function leadsThroughProcess(path: string, pid = process.pid): boolean {
  let here: string[] = []
  let rest = path.split('/')
  for (let followed = 0; rest.length > 0;) {
    const [name = '', ...after] = rest
    rest = after
    if (name === '' || name === '.') continue
    if (name === '..') {
      here.pop()
      continue
    }
    here.push(name)
    if (
      isOfProcess(
        here,
        rest.some((each) => each !== '' && each !== '.'),
        pid,
      )
    )
      return true
    const target = linkAt(`/${here.join('/')}`)
    if (target === undefined) continue
    followed += 1
    if (followed > mostLinks) return false
    here = posix.isAbsolute(target) ? [] : here.slice(0, -1)
    rest = [...target.split('/'), ...rest]
  }
  return false
}

function isOfProcess(here: readonly string[], goesOn: boolean, pid: number): boolean {
  const [top, entry = '', link] = here
  if (top !== 'proc' || !['self', 'thread-self', String(pid)].includes(entry)) return false
  return link === undefined ? !goesOn : links.has(link)
}

/** Where a symbolic link leads; undefined for anything else. Entries of processes are compared before, never followed. */
function linkAt(path: string): string | undefined {
  try {
    if (!lstatSync(path).isSymbolicLink()) return undefined
    // `self` stands for a number that only the kernel knows; the name itself tells what is meant.
    return path === '/proc/self' || path === '/proc/thread-self' ? undefined : readlinkSync(path)
  } catch {
    return undefined
  }
}
