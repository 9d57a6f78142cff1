import type { Container, MountStatus } from '@moby/contracts'
import { posix } from 'node:path'
import { parseBind } from '../translate/parse-bind.ts'
import { frontendOf } from './frontend.ts'

/** Mounts of inspect and lists; those of `--tmpfs` are told in HostConfig alone. */
export function mountsShape(container: Container): Record<string, unknown>[] {
  const modes = writtenModes(container)
  // Of what `-v` did not write Docker tells no mode.
  const otherwise = (mount: MountStatus) => (frontendOf(container) === undefined ? mount.mode : '')
  const modeOf = (mount: MountStatus) => {
    const written = modes.get(mount.target)
    if (written === undefined) return otherwise(mount)
    return written === '' && mount.type === 'volume' && mount.driver === 'local' ? localVolumeMode : written
  }
  const scratch = new Set(Object.keys(frontendOf(container)?.hostConfig.Tmpfs ?? {}))
  const told = container.mounts.filter((mount) => mount.type !== 'tmpfs' || !scratch.has(mount.target))
  return told.map((mount) => mountShape(mount, modeOf(mount)))
}

function mountShape(mount: MountStatus, mode: string): Record<string, unknown> {
  return {
    Type: mount.type,
    ...(mount.name === undefined ? {} : { Name: mount.name }),
    Source: mount.source,
    Destination: mount.target,
    ...(mount.driver === undefined ? {} : { Driver: mount.driver }),
    Mode: mode,
    RW: mount.writable,
    Propagation: mount.propagation,
  }
}

/** What Docker writes for a volume of its own driver that is asked for without options. */
const localVolumeMode = 'z'

/** Options as `-v` gave them, by target: the engine keeps their meaning, not their spelling. */
function writtenModes(container: Container): Map<string, string> {
  const { Binds = [], Mounts = [] } = frontendOf(container)?.hostConfig ?? {}
  const modes = new Map<string, string>()
  const keep = (target: string, mode: string) => modes.set(posix.normalize(target).replace(/(.)\/$/, '$1'), mode)
  for (const written of Binds) {
    const { mount, mode } = parseBind(written)
    keep(mount.target, mode)
  }
  for (const { Type, Target = '' } of Mounts) if (Type === 'volume') keep(Target, '')
  return modes
}
