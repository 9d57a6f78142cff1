import type { Container, MountStatus } from '@moby/contracts'
import { posix } from 'node:path'
import { parseBind } from '../translate/parse-bind.ts'
import { frontendOf } from './frontend.ts'

/** Mounts of inspect and lists; those of `--tmpfs` are told in HostConfig alone. */
export function mountsShape(container: Container): Record<string, unknown>[] {
  const modes = writtenModes(container)
  const scratch = new Set(Object.keys(frontendOf(container)?.hostConfig.Tmpfs ?? {}))
  const told = container.mounts.filter((mount) => mount.type !== 'tmpfs' || !scratch.has(mount.target))
  return told.map((mount) => mountShape(mount, modes.get(mount.target) ?? mount.mode))
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

/** What Docker writes for a volume that is asked for without options. */
const volumeMode = 'z'

/** Options as `-v` gave them, by target: the engine keeps their meaning, not their spelling. */
function writtenModes(container: Container): Map<string, string> {
  const { Binds = [], Mounts = [] } = frontendOf(container)?.hostConfig ?? {}
  const modes = new Map<string, string>()
  const keep = (target: string, mode: string) => modes.set(posix.normalize(target).replace(/(.)\/$/, '$1'), mode)
  for (const written of Binds) {
    const { mount, mode } = parseBind(written)
    keep(mount.target, mode === '' && mount.type === 'volume' ? volumeMode : mode)
  }
  for (const { Type, Target = '' } of Mounts) if (Type === 'volume') keep(Target, volumeMode)
  return modes
}
