import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { bad, good, poor, type Finding } from './finding.ts'

/** Runtimes, their shim, the firewall tool. */
export async function examinePrograms(): Promise<Finding[]> {
  const [runc, crun, shim, nft, iptables] = await Promise.all([
    find('runc', '--version'),
    find('crun', '--version'),
    find('containerd-shim-runc-v2', '-v'),
    find('nft', '--version'),
    find('iptables', '--version'),
  ])
  return [
    runc === undefined
      ? bad('runc', 'not found', 'apt-get install --no-install-recommends runc')
      : good('runc', describe(runc)),
    crun === undefined
      ? poor('crun', 'not found; containers cannot ask for it', 'apt-get install --no-install-recommends crun')
      : good('crun', describe(crun)),
    shim === undefined
      ? bad('shim', 'containerd-shim-runc-v2 not found', 'apt-get install --no-install-recommends containerd')
      : good('shim', describe(shim)),
    firewall(nft, iptables),
  ]
}

interface Program {
  readonly path: string
  readonly version: string
}

function firewall(nft: Program | undefined, iptables: Program | undefined): Finding {
  if (nft !== undefined) return good('firewall', describe(nft))
  if (iptables !== undefined) return good('firewall', describe(iptables))
  return poor(
    'firewall',
    'neither nft nor iptables found; the rules of the engine cannot be looked at',
    'apt-get install --no-install-recommends nftables',
  )
}

function describe({ path, version }: Program): string {
  return version === '' ? path : `${version} (${path})`
}

async function find(name: string, flag: string): Promise<Program | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
  for (const folder of new Set(folders)) {
    const path = join(folder, name)
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (!found || folder === '') continue
    const { stdout, stderr } = await execa(path, [flag], { reject: false, timeout: 5_000, stdin: 'ignore' })
    return { path, version: versionIn(`${stdout}\n${stderr}`) }
  }
  return undefined
}

/** The first thing that looks like a version. */
function versionIn(text: string): string {
  return /\d+\.\d+(\.\d+)?([-+~][\w.+~-]+)?/.exec(text)?.[0] ?? ''
}
