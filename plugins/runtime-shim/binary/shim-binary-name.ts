import { isAbsolute } from 'node:path'
import { codedError } from '@moby/contracts'

/**
 * The executable of a shim by containerd's rule: the last two parts of `io.containerd.runc.v2` give
 * `containerd-shim-runc-v2`. An absolute path is the executable itself.
 */
export function shimBinaryName(shim: string): string {
  if (isAbsolute(shim)) return shim
  const [name, version] = shim.split('.').slice(-2)
  if (name === undefined || version === undefined || name === '' || version === '' || shim.includes('/')) {
    throw codedError('RUNTIME_BINARY_MISSING', `${shim} names no shim`, {
      hint: 'Write it as io.containerd.runc.v2, or as an absolute path',
    })
  }
  return `containerd-shim-${name}-${version}`
}
