import { existsSync, readdirSync } from 'node:fs'
import type { Instance } from '@moby/contracts'
import { cgroupMounts } from './host/cgroup-mounts.ts'

/**
 * Cgroup of the containers of one life of a launcher. Each life has its own: the warden of one that died removes it while
 * the next already makes containers. Not below that of the engine's own containers, which are swept by others.
 */
export function componentCgroup(instance: Instance, life: string): string {
  return `/${prefix(instance)}-${life}`
}

/** Those of all lives of this instance that are on the host. */
export function componentCgroups(instance: Instance): string[] {
  const names = cgroupMounts().flatMap((mount) => (existsSync(mount) ? readdirSync(mount) : []))
  return [...new Set(names)].filter((name) => name.startsWith(prefix(instance))).map((name) => `/${name}`)
}

function prefix({ id }: Instance): string {
  return `moby-${id}-components`
}
