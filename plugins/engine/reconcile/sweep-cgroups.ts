import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const root = '/sys/fs/cgroup'
const pauseMs = 20
const attempts = 50

/** Ends what runs in cgroups below our parent that belong to no container, and removes them. */
export async function sweepCgroups(parent: string, isKnown: (id: string) => boolean): Promise<void> {
  for (const folder of parents(parent)) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !isKnown(entry.name)) await removeCgroup(join(folder, entry.name))
    }
  }
}

/** Removes our parent cgroup from every hierarchy, where nothing is below it. */
export function removeCgroupParent(parent: string): void {
  for (const folder of parents(parent)) {
    try {
      rmdirSync(folder)
    } catch {
      // It still has children; they belong to containers that run on.
    }
  }
}

/** Our parent in the unified hierarchy, or in each of version 1. */
function parents(parent: string): string[] {
  const controllers = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [join(root, parent), ...controllers.map(({ name }) => join(root, name, parent))].filter((path) =>
    existsSync(join(path, 'cgroup.procs')),
  )
}

async function removeCgroup(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(folder, entry.name))
  }
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')) {
      try {
        process.kill(Number(pid), 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    try {
      rmdirSync(folder)
      return
    } catch {
      await setTimeout(pauseMs)
    }
  }
}
