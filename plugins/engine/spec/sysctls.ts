import { codedError } from '@moby/contracts'

const ipc = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
])

export interface SysctlScope {
  readonly hostNetwork: boolean
  readonly hostIpc: boolean
}

/**
 * Lets only sysctls through that the kernel keeps per namespace, and only where the container has that
 * namespace of its own: all others would change the host. Fails with CONTAINER_SPEC_INVALID.
 */
export function checkSysctls(sysctls: Readonly<Record<string, string>>, scope: SysctlScope): void {
  for (const written of Object.keys(sysctls)) {
    const name = written.includes('/') ? written.replaceAll('/', '.') : written
    const isNetwork = name.startsWith('net.')
    const isIpc = ipc.has(name) || name.startsWith('fs.mqueue.')
    const isUts = name === 'kernel.domainname'
    if (!isNetwork && !isIpc && !isUts) throw refuse(written, 'it is not kept per namespace')
    if (isNetwork && scope.hostNetwork) throw refuse(written, 'not allowed in host network namespace')
    if (isIpc && scope.hostIpc) throw refuse(written, 'not allowed in host ipc namespace')
  }
}

function refuse(name: string, why: string) {
  return codedError('CONTAINER_SPEC_INVALID', `sysctl '${name}' cannot be set for a container: ${why}`, {
    hint: 'Namespaced sysctls are net.*, fs.mqueue.*, kernel.msg*, kernel.sem, kernel.shm* and kernel.domainname.',
  })
}
