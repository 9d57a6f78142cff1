import { lstatSync } from 'node:fs'
import { normalize } from 'node:path'
import { codedError } from '@moby/contracts'

/** Folders of the host that no plugin can have mounted a volume on, and that a container must not get by a mistake. */
const exact = new Set([
  '/',
  '/proc',
  '/sys',
  '/dev',
  '/boot',
  '/etc',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/usr',
  '/var',
  '/run',
  '/root',
  '/home',
])
const kernelFiles = /^\/(proc|sys|dev)\//

/**
 * The path that a plugin says it has mounted a volume on, when it is one: absolute, without detours, a folder and no
 * link, and not a folder that belongs to the host itself. Fails with PLUGIN_LIED.
 */
export function checkMountpoint(path: string, plugin: string, volume: string): string {
  const refuse = (reason: string) =>
    codedError(
      'PLUGIN_LIED',
      `The plugin ${plugin} says that the volume ${volume} is at ${JSON.stringify(path)}, ${reason}`,
      {
        hint: 'the volume was not used; see the log of the plugin',
        details: { plugin, volume, path },
      },
    )
  if (path === '') throw refuse('which is no path')
  if (!path.startsWith('/') || path.includes('\0')) throw refuse('which is no absolute path')
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path
  if (normalize(plain) !== plain) throw refuse('which takes a detour')
  if (exact.has(plain) || kernelFiles.test(plain)) throw refuse('which belongs to the host')
  let status
  try {
    status = lstatSync(plain)
  } catch (cause) {
    throw refuse(`which cannot be looked at: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`)
  }
  if (status.isSymbolicLink()) throw refuse('which is a link')
  if (!status.isDirectory()) throw refuse('which is no folder')
  return plain
}
