import type { Container, MountStatus } from '@moby/contracts'
import { posix } from 'node:path'
import { parseBind } from '../translate/parse-bind.ts'
import { frontendOf } from './frontend.ts'

/** Mounts of inspect and lists. */
export function mountsShape(container: Container): Record<string, unknown>[] {
  const modes = writtenModes(container)
  return container.mounts.map((mount) => mountShape(mount, modes.get(mount.target) ?? mount.mode))
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

/** Options as `-v` gave them, by target: the engine keeps their meaning, not their spelling. */
function writtenModes(container: Container): Map<string, string> {
  const binds = frontendOf(container)?.hostConfig.Binds ?? []
  return new Map(
    binds.map((written) => {
      const { mount, mode } = parseBind(written)
      return [posix.normalize(mount.target).replace(/(.)\/$/, '$1'), mode]
    }),
  )
}
