import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { cgroupsOfContainers } from '../campaign/host.ts'
import { added, fileKinds, keepers, openFiles, sandboxes } from '../campaign/leftovers.ts'
import { instanceId, readFootprint } from '../e2e/footprint.ts'

/** The engine whose belongings are counted. */
export interface Holder {
  readonly pid: number
  readonly dataRoot: string
}

/** All that a running engine holds of the host, as lists of kinds: what differs from run to run is written as `*`. */
export type Held = Readonly<Record<string, readonly string[]>>

const changing = /[0-9a-f]{8,}|\d+/g

export async function whatIsHeld({ pid, dataRoot }: Holder): Promise<Held> {
  const id = await instanceId(dataRoot)
  const { mounts, links, cgroups, processes } = await readFootprint(dataRoot, id)
  return {
    descriptors: await openFiles(pid),
    mounts: kinds(mounts.map((each) => each.slice(dataRoot.length))),
    links: kinds(links),
    cgroups: kinds([...cgroups, ...(await cgroupsOfContainers(id))]),
    processes: kinds(processes.map((each) => each.replace(/^\d+ /, ''))),
    namespaces: Array.from({ length: await sandboxes(dataRoot) }, () => 'of a network'),
    rules: await rules(id),
    files: await fileKinds(dataRoot),
    keepers: kinds(await keepers(dataRoot)),
  }
}

/** What is held after and was not before: `kind: name`. */
export function addedTo(before: Held, after: Held): string[] {
  return Object.keys(after).flatMap((kind) =>
    added(before[kind] ?? [], after[kind] ?? []).map((each) => `${kind}: ${each}`),
  )
}

/** Resident memory of a process in MiB. */
export async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

function kinds(list: readonly string[]): string[] {
  return list.map((each) => each.replaceAll(changing, '*')).toSorted()
}

/** Lines of the engine's tables, elements of sets and maps each by itself. */
async function rules(id: string): Promise<string[]> {
  const { stdout } = await execa('nft', ['list', 'ruleset'])
  const tables = stdout.split(/^(?=table )/m).filter((table) => table.includes(`moby-${id}`))
  return kinds(
    tables
      .join('')
      .split(/[\n,]/)
      .map((line) => line.trim())
      // The last table of the host ends without a line feed, one before another with it.
      .filter((line) => line !== ''),
  )
}
