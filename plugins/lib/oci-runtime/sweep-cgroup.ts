import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, killProcesses } from './processes.ts'

/** Mount points of all cgroup hierarchies, of both versions. */
function cgroupMounts(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, target]) => target ?? '')
}

/** True when any hierarchy has this cgroup. */
export function hasCgroup(path: string): boolean {
  return cgroupMounts().some((mount) => existsSync(join(mount, path)))
}

/**
 * Kills what is left in the cgroups of a container and removes them, in every hierarchy. `path` is the
 * absolute `cgroupsPath` of the container's configuration.
 */
export async function sweepCgroup(path: string): Promise<void> {
  for (const mount of cgroupMounts()) {
    for (const folder of foldersOf(join(mount, path)).toReversed()) {
      thaw(folder)
      await killProcesses(processesOf(folder).filter(isRunning))
      await removeWhenEmpty(folder)
    }
  }
}

/** A cgroup and all below it, parents first; none when it does not exist. */
function foldersOf(root: string): string[] {
  try {
    const children = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [root, ...children.flatMap((entry) => foldersOf(join(root, entry.name)))]
  } catch {
    return []
  }
}

function processesOf(folder: string): number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** A frozen process of cgroup v1 does not die before it is thawed. */
function thaw(folder: string): void {
  for (const [file, word] of [
    ['freezer.state', 'THAWED'],
    ['cgroup.freeze', '0'],
  ] as const) {
    try {
      writeFileSync(join(folder, file), word, { flag: 'r+' })
    } catch {
      // Another hierarchy.
    }
  }
}

/** The kernel takes a moment to take killed processes out. */
async function removeWhenEmpty(folder: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      rmdirSync(folder)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
