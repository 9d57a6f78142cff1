import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for something to become true; fails after the deadline, which is for what never comes: a busy host is slow. */
export async function until(condition: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`It did not come true in ${deadlineMs} ms`)
    await sleep(50)
  }
}
