import type { Mount } from '@moby/contracts'

/** What the kernel stacks at most (OVL_MAX_STACK). */
const mostLowers = 500

/**
 * The same mounts for reading alone. Of an overlay the upper folder becomes the uppermost of the lower ones, so that
 * another mount may write to it: an overlay that has it as its upper folder, even a read-only one, takes it for itself.
 */
export function readOnlyMounts(mounts: readonly Mount[]): Mount[] {
  return mounts.map((mount) => ({ ...mount, options: [...optionsOf(mount), 'ro'] }))
}

function optionsOf({ type, options }: Mount): readonly string[] {
  const upper = type === 'overlay' ? valueOf(options, 'upperdir=') : undefined
  if (upper === undefined) return options.filter((option) => option !== 'rw')
  const lower = valueOf(options, 'lowerdir=')
  if ((lower?.split(':').length ?? 0) >= mostLowers) return options
  const others = options.filter((option) => option !== 'rw' && !/^(?:upperdir|lowerdir|workdir)=/.test(option))
  return [`lowerdir=${lower === undefined ? upper : `${upper}:${lower}`}`, ...others]
}

function valueOf(options: readonly string[], prefix: string): string | undefined {
  return options.find((option) => option.startsWith(prefix))?.slice(prefix.length)
}
