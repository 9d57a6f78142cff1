import { createHash } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { codedError, type Instance } from '@moby/contracts'

/**
 * Makes the roots of an engine and tells how it is called on this host. Others must be able to pass
 * through the roots to a socket; what is inside belongs to single components, which keep it closed.
 * Throws DATA_ROOT_UNUSABLE.
 */
export async function openInstance(dataRoot: string, runRoot: string): Promise<Instance> {
  for (const folder of [dataRoot, runRoot]) {
    await mkdir(resolve(folder), { recursive: true, mode: 0o711 }).catch((cause: unknown) => {
      throw unusable(folder, cause)
    })
  }
  const [data, run] = await Promise.all([realpath(dataRoot), realpath(runRoot)])
  return { id: instanceId(data), dataRoot: data, runRoot: run }
}

/** Eight hexadecimal digits from the real path of the data root: part of every name on the host. */
export function instanceId(dataRoot: string): string {
  return createHash('sha256').update(dataRoot).digest('hex').slice(0, 8)
}

/** The error for a root that cannot be made or written. */
export function unusable(folder: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause)
  return codedError('DATA_ROOT_UNUSABLE', `${folder} cannot be used: ${why}`, {
    hint: 'run as root, or name another folder: --data-root DIR',
    cause,
  })
}

/** The folders of one component, made with mode 0700. */
export async function openFolders({ dataRoot, runRoot }: Instance, entry: string) {
  const folders = { data: join(dataRoot, 'components', entry), run: join(runRoot, 'components', entry) }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  return folders
}
