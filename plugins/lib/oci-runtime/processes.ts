import { readFileSync } from 'node:fs'

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
