import { readdir, readlink } from 'node:fs/promises'

/**
 * How many files and sockets a process has open. Not among them: what worker threads wait by, which come when they are
 * needed, and the database of an engine, which SQLite may open once more.
 */
export async function openDescriptors(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all((await readdir(folder)).map((each) => readlink(`${folder}/${each}`).catch(() => '')))
  return links.filter((link) => /^(?:\/|socket:)/.test(link) && !link.includes('/state.db')).length
}
