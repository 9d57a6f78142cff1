import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { sep } from 'node:path'

/**
 * Ends keepers that hold FIFOs below a folder for something that is not needed any more; it is asked
 * with the first segment of their path below the folder, the id of the container.
 */
export function sweepKeepers(folder: string, isNeeded: (id: string) => boolean): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const id = heldBelow(folder, name)
    if (id !== undefined && !isNeeded(id)) end(Number(name))
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function heldBelow(folder: string, pid: string): string | undefined {
  try {
    const held = readlinkSync(`/proc/${pid}/fd/0`)
    if (!held.startsWith(folder + sep) || readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'sleep\n') return undefined
    return held.slice(folder.length + 1).split(sep)[0]
  } catch {
    return undefined
  }
}
