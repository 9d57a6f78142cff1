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

/** Kills processes and waits, for at most two seconds, until they are gone. */
export async function killProcesses(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  for (let tries = 0; tries < 100 && pids.some(isRunning); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** False for zombies too: they hold nothing. */
export function isRunning(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^\d+ \(.*\) [ZX]/s.test(status)
  } catch {
    return false
  }
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
