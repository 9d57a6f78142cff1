import { codedError } from '@moby/contracts'
import { posix } from 'node:path'

/**
 * An absolute path without detours, which keeps the `/` or `/.` at its end: there it asks for the folder that a link
 * leads to. Dots are resolved by the letters, as Docker does. Fails with CONTAINER_PATH_INVALID.
 */
export function pathInContainer(path: string): string {
  if (path.includes('\0')) throw codedError('CONTAINER_PATH_INVALID', 'a path in a container cannot hold a zero byte')
  const clean = posix.join('/', path).replace(/(.)\/+$/, '$1')
  const asFolder = /(?:^|\/)\.\/*$/.test(path) ? '/.' : path.endsWith('/') ? '/' : ''
  return clean === '/' ? `/${asFolder.slice(1)}` : clean + asFolder
}
