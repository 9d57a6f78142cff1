import { readdir, readFile } from 'node:fs/promises'
import process from 'node:process'
import { execa } from 'execa'
import { linkAliases } from './footprint.ts'

/**
 * What stands on the host of engines with these instance ids and of whatever was started with `folder` for its temporary
 * files: files, mounts, links, tables and rules of the firewall, cgroups, processes. One line each.
 */
export async function leftOnHost(folder: string, ids: ReadonlySet<string>): Promise<string[]> {
  const [files, mounts, links, firewall, cgroups] = await Promise.all([
    readdir(folder),
    mountsBelow(folder),
    linkAliases(),
    lines('nft', ['list', 'ruleset']),
    lines('find', ['/sys/fs/cgroup', '-type', 'd', '-name', '*moby-*']),
  ])
  // Those commands would be among them.
  const processes = await processesWith(folder)
  const isOurs = (text: string) => idsIn(text).some((id) => ids.has(id))
  return [
    ...files.map((name) => `file ${folder}/${name}`),
    ...mounts.map((target) => `mount ${target}`),
    ...links.filter(isOurs).map((link) => `link ${link}`),
    ...firewall.filter(isOurs).map((line) => `firewall ${line.trim()}`),
    ...cgroups.filter(isOurs).map((path) => `cgroup ${path}`),
    ...processes.map((line) => `process ${line}`),
  ]
}

/** What could be an instance id in a name: `moby-<id>`, `br<id>…`, `v<id>…`, `c<id>…`. */
function idsIn(text: string): string[] {
  return [...text.matchAll(/(?<=(?:moby-|\bbr|\bv|\bc))[0-9a-f]{8}/g)].map(([id]) => id)
}

async function mountsBelow(folder: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => target.startsWith(`${folder}/`))
}

/** By what they were started with: the command, or the environment that they inherited. */
async function processesWith(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const found = pids.map(async (pid) => {
    const [command, environment] = await Promise.all([read(pid, 'cmdline'), read(pid, 'environ')])
    const isOurs = command.includes(`${folder}/`) || `\0${environment}\0`.includes(`\0TMPDIR=${folder}\0`)
    return isOurs ? [`${pid} ${command.replaceAll('\0', ' ').slice(0, 200)}`] : []
  })
  return (await Promise.all(found)).flat()
}

async function lines(command: string, args: readonly string[]): Promise<string[]> {
  const { stdout } = await execa(command, args, { reject: false })
  return stdout.split('\n')
}
