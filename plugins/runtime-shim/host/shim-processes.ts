import { readdirSync, readFileSync } from 'node:fs'

/** Process ids of the shims that run for a container, found by their arguments. */
export function findShimProcesses(namespace: string, id: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const words = argumentsOf(pid)
      return valueAfter(words, '-namespace') === namespace && valueAfter(words, '-id') === id
    })
    .map(Number)
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function valueAfter(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag)
  return at === -1 ? undefined : words[at + 1]
}
