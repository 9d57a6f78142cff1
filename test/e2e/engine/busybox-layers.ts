import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, implement, storageLayers, type Implementation } from '@moby/contracts'

export const busyboxChain = `sha256:${'b'.repeat(64)}`

/** A storage driver of one committed snapshot, the host's static busybox; just enough to run containers. */
export function busyboxLayers(folder: string): Implementation<typeof storageLayers> {
  const base = join(folder, 'base')
  // Running containers execute these very files: they are written once.
  if (!existsSync(base)) fillBase(base)
  const active = new Set<string>()
  const at = (key: string, part: string) => join(folder, 'active', key, part)
  const mounts = (key: string) => ({
    mounts: [
      {
        type: 'overlay',
        source: 'overlay',
        options: [`lowerdir=${base}`, `upperdir=${at(key, 'upper')}`, `workdir=${at(key, 'work')}`],
      },
    ],
  })
  const missing = () => {
    throw codedError('NOT_SUPPORTED', 'not part of this driver')
  }
  return implement(storageLayers, {
    info: async () => ({ name: 'overlay2', status: [] }),
    prepare: async ({ key }) => {
      active.add(key)
      mkdirSync(at(key, 'upper'), { recursive: true })
      mkdirSync(at(key, 'work'), { recursive: true })
      return mounts(key)
    },
    view: missing,
    mounts: async ({ key }) => mounts(key),
    apply: missing,
    commit: missing,
    diff: missing,
    changes: missing,
    usage: async () => ({ size: '0', inodes: '0' }),
    stat: async ({ key }) => ({ key, kind: 'active', createdAt: '2026-01-01T00:00:00Z' }),
    list: async function* () {
      for (const key of active) yield { key, kind: 'active' as const, createdAt: '2026-01-01T00:00:00Z' }
    },
    remove: async ({ key }) => {
      active.delete(key)
      rmSync(join(folder, 'active', key), { recursive: true, force: true })
      return {}
    },
  })
}

function fillBase(base: string): void {
  mkdirSync(join(base, 'bin'), { recursive: true })
  for (const name of ['etc', 'tmp', 'dev', 'proc', 'sys', 'data']) mkdirSync(join(base, name), { recursive: true })
  execFileSync(
    'sh',
    [
      '-c',
      `cp $(command -v busybox) bin/busybox && for a in $(bin/busybox --list); do [ $a = busybox ] || ln -sf busybox bin/$a; done
     echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd; echo 'nobody:x:65534:65534::/:/bin/false' >> etc/passwd
     echo 'root:x:0:' > etc/group; echo hello > data/greeting; chown 5:6 data/greeting`,
    ],
    { cwd: base },
  )
}
