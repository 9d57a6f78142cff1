import { readdir, readFile } from 'node:fs/promises'

/** A process and those that it started and that are still its own; one that ends meanwhile is left out. */
export async function processTree(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const children = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  const below = await Promise.all(
    children.flatMap((each) => each.split(' ').filter(Boolean)).map((each) => processTree(Number(each))),
  )
  return [pid, ...below.flat()]
}
