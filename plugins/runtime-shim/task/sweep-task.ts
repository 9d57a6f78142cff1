import { execFile } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unmount } from '@moby/lib-linux'
import { deleteShim } from '../bootstrap/delete-shim.ts'
import type { ShimCall } from '../bootstrap/shim-call.ts'
import { killProcesses, sweepCgroup } from '@moby/lib-oci-runtime'
import { findShimProcesses } from '../host/shim-processes.ts'
import type { TaskRecord } from './task-record.ts'

const run = promisify(execFile)

/** Files that a shim leaves in a bundle, beside the `.pid` files of its runtime. */
const shimFiles = new Set([
  'address',
  'bootstrap.json',
  'log',
  'log.json',
  'options.json',
  'runtime',
  'shim-binary-path',
  'work',
])

/** Removes what a shim wrote into a bundle; the configuration and the root file system stay. */
export function removeShimFiles(bundle: string): void {
  if (!existsSync(bundle)) return
  for (const name of readdirSync(bundle)) {
    if (shimFiles.has(name) || name.endsWith('.pid')) rmSync(join(bundle, name), { recursive: true, force: true })
  }
}

/** True when the runtime still has state of the container. */
export function hasRuntimeState({ runtime, namespace, id }: TaskRecord): boolean {
  return runtime !== undefined && existsSync(join(runtime.root, namespace, id))
}

/**
 * Removes a container whose shim is gone or does not answer: shim, processes, runtime state, cgroups, the
 * mount of the root file system, socket and files. Doing it twice does no harm.
 */
export async function sweepTask(record: TaskRecord, events: string): Promise<void> {
  const { id, bundle, namespace, shim, runtime, cgroup, place } = record
  await killProcesses([id, place?.id ?? id].flatMap((shimId) => findShimProcesses(namespace, shimId)))
  if (existsSync(bundle)) {
    const call: ShimCall = { binary: shim, namespace, id, bundle, events }
    await deleteShim(call)
  }
  // The shim's cleaner looks for the container beside its own folder, by id, and does not find every bundle.
  if (runtime !== undefined && hasRuntimeState(record)) {
    const systemd = runtime.systemdCgroup ? ['--systemd-cgroup'] : []
    const args = ['--root', join(runtime.root, namespace), ...systemd, 'delete', '--force', id]
    await run(runtime.command, args, { timeout: 10_000 }).catch(() => undefined)
  }
  if (cgroup !== undefined) await sweepCgroup(cgroup)
  unmount(join(bundle, 'rootfs'), { detach: true, ifMounted: true })
  if (runtime !== undefined) rmSync(join(runtime.root, namespace, id), { recursive: true, force: true })
  if (place !== undefined) rmSync(place.address.path, { force: true })
  // A pooled shim has a folder of its own.
  if (place !== undefined && place.folder !== bundle) rmSync(place.folder, { recursive: true, force: true })
  removeShimFiles(bundle)
}
