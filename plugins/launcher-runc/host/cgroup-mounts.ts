import { readFileSync, rmdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sweepCgroup } from '@moby/lib-oci-runtime'

/** Mount points of all hierarchies. */
export function cgroupMounts(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([, target, type]) => (type === 'cgroup' || type === 'cgroup2' ? (target ?? []) : []))
}

/** Ends what runs in cgroups below a parent, but those of the names that are kept, and removes them. */
export async function sweepCgroups(parent: string, kept: ReadonlySet<string>): Promise<void> {
  const names = new Set<string>()
  for (const mount of cgroupMounts()) {
    const entries = await readdir(join(mount, parent), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) if (entry.isDirectory() && !kept.has(entry.name)) names.add(entry.name)
  }
  for (const name of names) await sweepCgroup(join(parent, name))
  removeParent(parent)
}

/** Removes a parent from every hierarchy where nothing is below it. */
export function removeParent(parent: string): void {
  for (const mount of cgroupMounts()) {
    try {
      rmdirSync(join(mount, parent))
    } catch {
      // It is not there, or another life uses it.
    }
  }
}
