import { codedError } from '@moby/contracts'
import { posix } from 'node:path'

const links = new Set(['fd', 'root', 'cwd', 'exe', 'map_files', 'task'])

/**
 * Checks where a process is to begin. Besides what is no absolute path, those are refused that lead through a descriptor
 * or the root of a process: the runtime enters the folder when it still holds descriptors of the host (CVE-2024-21626).
 * Fails with CONTAINER_SPEC_INVALID.
 */
export function checkWorkingDir(path: string): void {
  if (path === '') return
  if (!posix.isAbsolute(path)) throw invalid(path, 'it needs to be an absolute path')
  const walked: string[] = []
  for (const name of path.split('/')) {
    if (name === '..') walked.pop()
    else if (name !== '' && name !== '.') walked.push(name)
    const [top = '', process = '', link = ''] = walked
    if (top === 'proc' && /^(self|thread-self|\d+)$/.test(process) && links.has(link)) {
      throw invalid(path, 'it leads through a descriptor or root of a process; name the folder itself')
    }
  }
}

function invalid(path: string, reason: string) {
  return codedError('CONTAINER_SPEC_INVALID', `the working directory '${path}' is invalid, ${reason}`)
}
