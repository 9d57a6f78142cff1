import { readdir, readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'

const patienceMs = 20_000

/** Everything on the host that an engine may have made, as one sorted list of words for each kind. */
export interface Footprint {
  readonly mounts: readonly string[]
  readonly links: readonly string[]
  readonly cgroups: readonly string[]
  readonly processes: readonly string[]
  readonly firewall: readonly string[]
}

/** The instance id that the engine derives from its data root. */
export async function instanceId(dataRoot: string): Promise<string> {
  return instanceIdOfPath(await realpath(dataRoot))
}

/** The same of a real path, which need not be there any more. */
export function instanceIdOfPath(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 8)
}

/** What of the engine on this data root is on the host now, beside its files below the data root. */
export async function readFootprint(dataRoot: string, id: string): Promise<Footprint> {
  return {
    mounts: await mountsBelow(dataRoot),
    links: await linksOf(id),
    cgroups: await cgroupsOf(id),
    processes: await processesOf(dataRoot, id),
    firewall: await firewallOf(id),
  }
}

/** The same when nothing is left, or after a while: a process that was ended needs a moment. */
export async function restingFootprint(dataRoot: string, id: string): Promise<Footprint> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const footprint = await readFootprint(dataRoot, id)
    if (Object.values(footprint).every((list: readonly string[]) => list.length === 0)) return footprint
    if (Date.now() > deadline) return footprint
    await sleep(100)
  }
}

async function mountsBelow(dataRoot: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => target === dataRoot || target.startsWith(`${dataRoot}/`))
    .toSorted()
}

/** Bridges and veths; names carry the id or a part of it, aliases carry all of it. */
async function linksOf(id: string): Promise<string[]> {
  const links = await linkAliases()
  return links
    .map((link) => link.split(' '))
    .filter(([name = '', alias = '']) => name.includes(id.slice(0, 6)) || alias.includes(id))
    .map(([name = '']) => name)
    .toSorted()
}

/** Every link of the host as `NAME ALIAS`. */
export async function linkAliases(): Promise<string[]> {
  const names = await readdir('/sys/class/net')
  return await Promise.all(
    names.map(async (name) => {
      const alias = await readFile(`/sys/class/net/${name}/ifalias`, 'utf8').catch(() => '')
      return `${name} ${alias.trim()}`.trimEnd()
    }),
  )
}

async function cgroupsOf(id: string): Promise<string[]> {
  const { stdout } = await execa('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-type', 'd', '-name', `*${id}*`], {
    reject: false,
  })
  return stdout.split('\n').filter((line) => line !== '')
}

/** Processes whose command line or environment names the data root, or the id. */
async function processesOf(dataRoot: string, id: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (commandLine.includes(dataRoot) || commandLine.includes(`moby-${id}`))
      found.push(`${pid} ${commandLine.replaceAll('\0', ' ').slice(0, 120)}`)
  }
  return found
}

async function firewallOf(id: string): Promise<string[]> {
  const { stdout } = await execa('nft', ['list', 'tables'], { reject: false })
  return stdout.split('\n').filter((line) => line.includes(id))
}

/** The footprint of an engine that cleaned up after itself. */
export const nothingLeft: Footprint = { mounts: [], links: [], cgroups: [], processes: [], firewall: [] }
