import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { codedError, type AssemblyFacts } from '@moby/contracts'
import { filesOf } from '../process/run-files.ts'

/** Milliseconds in which a component that was killed must serve again. */
const backMs = 30_000

/** Ends the process of a component by SIGKILL and waits until the kernel has it back. */
export async function killProcess(facts: AssemblyFacts, entry: string, runRoot: string): Promise<void> {
  const { record } = filesOf(join(runRoot, 'components', entry))
  const pidOf = async (): Promise<number> => (JSON.parse(await readFile(record, 'utf8')) as { pid: number }).pid
  const before = await pidOf()
  process.kill(before, 'SIGKILL')
  const until = Date.now() + backMs
  for (;;) {
    const member = facts.members().find(({ name }) => name === entry)
    const pid = await pidOf().catch(() => before)
    if (pid !== before && (member?.status === 'ready' || member?.status === 'degraded')) return
    if (Date.now() > until) {
      const seconds = backMs / 1_000
      throw codedError('DRIVER_AWAY', `it did not serve again within ${seconds} s after SIGKILL: ${member?.reason}`)
    }
    await sleep(5)
  }
}
