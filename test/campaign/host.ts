import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = '/sys/fs/cgroup'

/** Folders of the engine's parent cgroup, in the unified hierarchy or in each of version 1. */
async function parents(instance: string): Promise<string[]> {
  const candidates = [root, ...(await subfolders(root)).map((name) => join(root, name))]
  const found = await Promise.all(
    candidates.map(async (folder) => ((await subfolders(folder)).includes(`moby-${instance}`) ? [folder] : [])),
  )
  return found.flat().map((folder) => join(folder, `moby-${instance}`))
}

/** Ids of containers that have a cgroup. */
export async function cgroupsOfContainers(instance: string): Promise<Set<string>> {
  const names = await Promise.all((await parents(instance)).map(subfolders))
  return new Set(names.flat())
}

/** Process ids in the cgroup of a container. */
export async function processesIn(instance: string, id: string): Promise<number[]> {
  for (const parent of await parents(instance)) {
    const text = await readFile(join(parent, id, 'cgroup.procs'), 'utf8').catch(() => '')
    if (text !== '') return text.trim().split('\n').map(Number)
  }
  return []
}

export async function isFrozen(instance: string, id: string): Promise<boolean> {
  for (const parent of await parents(instance)) {
    const legacy = await readFile(join(parent, id, 'freezer.state'), 'utf8').catch(() => '')
    const unified = await readFile(join(parent, id, 'cgroup.freeze'), 'utf8').catch(() => '')
    if (legacy.startsWith('FROZEN') || unified.startsWith('1')) return true
  }
  return false
}

/** Network links of a process beside its loopback, those that the kernel makes by itself left out. */
export async function countLinks(pid: number): Promise<number> {
  const table = await readFile(`/proc/${pid}/net/dev`, 'utf8').catch(() => '')
  return table.split('\n').filter((line) => /^\s*eth\d+:/.test(line)).length
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}
