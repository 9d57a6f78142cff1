import { existsSync, readFileSync } from 'node:fs'
import { arch, availableParallelism, hostname, release, totalmem } from 'node:os'

/** What the engine tells about its host. */
export interface HostFacts {
  readonly name: string
  readonly kernelVersion: string
  /** PRETTY_NAME of os-release. */
  readonly operatingSystem: string
  /** VERSION_ID of os-release, empty when there is none. */
  readonly osVersion: string
  /** As `uname -m` writes it: x86_64. */
  readonly machine: string
  /** As Go and OCI images write it: amd64. */
  readonly architecture: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly ipv4Forwarding: boolean
}

const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }
const architectures: Readonly<Record<string, string>> = { x64: 'amd64' }

/** Reads the facts; `root` is where /etc and /proc are. */
export function readHostFacts(root = '/'): HostFacts {
  const fields = readOsRelease(root)
  return {
    name: hostname(),
    kernelVersion: release(),
    operatingSystem: fields['PRETTY_NAME'] ?? 'Linux',
    osVersion: fields['VERSION_ID'] ?? '',
    machine: machines[arch()] ?? arch(),
    architecture: architectures[arch()] ?? arch(),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    ipv4Forwarding: readText(`${root}/proc/sys/net/ipv4/ip_forward`).trim() === '1',
  }
}

/** os-release(5): the file in /etc counts, else the one in /usr/lib. */
function readOsRelease(root: string): Record<string, string> {
  const path = [`${root}/etc/os-release`, `${root}/usr/lib/os-release`].find((candidate) => existsSync(candidate))
  const entries = (path === undefined ? '' : readText(path)).matchAll(/^([A-Z0-9_]+)=(?:"(.*)"|'(.*)'|(.*))$/gm)
  return Object.fromEntries(
    [...entries].map(([, key = '', quoted, single, bare]) => [
      key,
      quoted?.replaceAll(/\\(["$`\\])/g, '$1') ?? single ?? bare ?? '',
    ]),
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
