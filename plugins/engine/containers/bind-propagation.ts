import { codedError, type Instance, type MountSpec } from '@moby/contracts'
import { mountOf } from '@moby/lib-linux'
import { realpathSync } from 'node:fs'
import { posix } from 'node:path'
import type { MountRecord } from './container-record.ts'

type Propagation = NonNullable<MountSpec['propagation']>

/**
 * A bind that shows the engine's own folders must not keep what is mounted there: it follows the host, so that what is
 * unmounted on the host is gone in the container. Fails with CONTAINER_SPEC_INVALID, in Docker's words, where the user
 * wants it otherwise.
 */
export function followEngineFolders(mount: MountRecord, { dataRoot, runRoot }: Instance): MountRecord {
  const { type, source = '', propagation } = mount.spec
  if (type !== 'bind') return mount
  const path = posix.normalize(source)
  // Sockets of the engine are below its run folder: who binds one of them holds no mounts.
  if (!isBelow(path, dataRoot) && !isBelow(dataRoot, path) && !isBelow(runRoot, path)) return mount
  if (propagation === undefined) {
    return { ...mount, spec: { ...mount.spec, propagation: 'rslave' }, followsEngineFolders: true }
  }
  if (propagation === 'rslave' || propagation === 'rshared') return mount
  const quoted = [dataRoot, source, propagation].map((text) => JSON.stringify(text))
  throw codedError(
    'CONTAINER_SPEC_INVALID',
    'invalid mount config: must use either propagation mode "rslave" or "rshared" when mount source is within the ' +
      `daemon root, daemon root: ${quoted[0]}, bind mount source: ${quoted[1]}, propagation: ${quoted[2]}`,
  )
}

/**
 * The propagation that a bind gets at a start: what is asked for, where the mount that its source lies on can pass
 * mounts on. Fails with CONTAINER_START_FAILED in Docker's words, unless it was the engine that asked.
 */
export function settlePropagation({ spec, followsEngineFolders }: MountRecord): MountSpec {
  const { type, source = '', propagation } = spec
  if (type !== 'bind' || propagation === undefined) return spec
  const wanted = needs(propagation)
  if (wanted === undefined) return spec
  const { path, isShared, isSlave } = mountOf(realpathSync(source))
  if (isShared || (wanted === 'shared or slave' && isSlave)) return spec
  if (followsEngineFolders === true) return { ...spec, propagation: 'rprivate' }
  throw codedError('CONTAINER_START_FAILED', `path ${source} is mounted on ${path} but it is not a ${wanted} mount`, {
    hint: `Run on the host: mount --make-shared ${path}`,
  })
}

function needs(propagation: Propagation): 'shared' | 'shared or slave' | undefined {
  if (propagation === 'shared' || propagation === 'rshared') return 'shared'
  return propagation === 'slave' || propagation === 'rslave' ? 'shared or slave' : undefined
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder.replace(/\/$/, '')}/`)
}
