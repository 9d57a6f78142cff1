import { lstatSync, realpathSync } from 'node:fs'
import { normalize } from 'node:path'

/** Folders of the host itself: no volume is there, and no container must get one by a mistake. */
const hostFolders = new Set([
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
 * Why a path cannot be where a volume is mounted: `which is a link`. Undefined when it can be: absolute, without
 * detours, a folder and no link, and, wherever links above it lead, not a folder of the host itself.
 */
export function mountPointFault(path: string): string | undefined {
  if (path === '') return 'which is no path'
  if (!path.startsWith('/') || path.includes('\0')) return 'which is no absolute path'
  const plain = withoutSlashes(path)
  if (normalize(plain) !== plain) return 'which takes a detour'
  if (isOfHost(plain)) return 'which belongs to the host'
  try {
    const status = lstatSync(plain)
    if (status.isSymbolicLink()) return 'which is a link'
    if (!status.isDirectory()) return 'which is no folder'
    return isOfHost(realpathSync(plain)) ? 'which leads to what belongs to the host' : undefined
  } catch (error) {
    return `which cannot be looked at: ${(error as NodeJS.ErrnoException).code ?? String(error)}`
  }
}

/** The path as it is compared and used: without slashes at its end. */
export function withoutSlashes(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}

function isOfHost(path: string): boolean {
  return hostFolders.has(path) || kernelFiles.test(path)
}
