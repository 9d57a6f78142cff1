import { access, readFile } from 'node:fs/promises'
import { release } from 'node:os'
import { bad, good, poor, type Finding } from './finding.ts'

/** Namespaces, seccomp, overlay, bridges: what containers are made of. */
export async function examineKernel(): Promise<Finding[]> {
  const [namespaces, seccomp, overlay, forward, users] = await Promise.all([
    Promise.all(
      ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup', 'user'].map(async (name) => [
        name,
        await exists(`/proc/self/ns/${name}`),
      ]),
    ),
    exists('/proc/sys/kernel/seccomp/actions_avail'),
    hasFileSystem('overlay'),
    read('/proc/sys/net/ipv4/ip_forward'),
    read('/proc/sys/user/max_user_namespaces'),
  ])
  const lacking = namespaces.filter(([name, there]) => there !== true && name !== 'user').map(([name]) => name)
  return [
    good('kernel', release()),
    lacking.length === 0
      ? good('namespaces', 'mount, pid, network, ipc, uts, cgroup')
      : bad('namespaces', `the kernel lacks ${lacking.join(', ')}`, 'boot a kernel with these namespaces'),
    users === undefined || users === '0'
      ? poor('user namespaces', 'off', 'sysctl user.max_user_namespaces=15000')
      : good('user namespaces', `up to ${users}`),
    seccomp
      ? good('seccomp', 'filters of system calls')
      : bad('seccomp', 'the kernel has no seccomp filters', 'boot a kernel with CONFIG_SECCOMP_FILTER'),
    overlay
      ? good('overlay', 'in the kernel')
      : poor('overlay', 'not loaded', 'modprobe overlay; without it use moby/storage-copy in the manifest'),
    forward === '1'
      ? good('ip forwarding', 'on')
      : poor('ip forwarding', 'off; the bridge driver turns it on', 'sysctl net.ipv4.ip_forward=1 makes it last'),
  ]
}

async function hasFileSystem(name: string): Promise<boolean> {
  const table = (await read('/proc/filesystems')) ?? ''
  return table.split('\n').some((line) => line.trim().split(/\s+/).at(-1) === name)
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

async function read(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
}
