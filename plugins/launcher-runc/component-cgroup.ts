import type { Instance } from '@moby/contracts'

/** Cgroup of all containers of components. Not below that of the engine's own containers, which are swept by others. */
export function componentCgroup({ id }: Instance): string {
  return `/moby-${id}-components`
}
