import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { codedError } from '@moby/contracts'

/** Where a service manager's short PATH does not look, but runtimes are. */
const further = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The absolute path of an executable that is given by name or absolute path. Fails with RUNTIME_BINARY_MISSING. */
export function findBinary(name: string, path = process.env['PATH'] ?? ''): string {
  const candidates = isAbsolute(name)
    ? [name]
    : [...path.split(delimiter).filter((folder) => isAbsolute(folder)), ...further].map((folder) => join(folder, name))
  const found = candidates.find(isExecutableFile)
  if (found !== undefined) return found
  throw codedError('RUNTIME_BINARY_MISSING', `The executable ${name} is not on this host`, {
    hint: isAbsolute(name) ? 'Install it at that path' : 'Install it, or name it by its absolute path',
    details: { binary: name },
  })
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
