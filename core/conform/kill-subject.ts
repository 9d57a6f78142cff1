import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { codedError, componentLauncher, type RunMode } from '@moby/contracts'
import type { RunningAssembly } from '../kernel/boot-assembly.ts'
import { filesOf } from '../process/run-files.ts'

/** Milliseconds in which a component that was killed must serve again. */
const backMs = 30_000

/** Ends the process of a component by SIGKILL, wherever that runs, and waits until the kernel has it back. */
export async function killSubject(
  { facts, handle }: Pick<RunningAssembly, 'facts' | 'handle'>,
  { entry, mode, runRoot }: { readonly entry: string; readonly mode: RunMode; readonly runRoot: string },
): Promise<void> {
  const pidOf = async (): Promise<number | undefined> => {
    if (mode === 'process') return await recordedPid(runRoot, entry)
    const { containers } = await handle(componentLauncher).list({})
    return containers.find(({ name, status }) => name === entry && status === 'running')?.pid
  }
  const before = await pidOf()
  if (before === undefined) throw codedError('DRIVER_AWAY', 'it does not run, so it cannot be ended by SIGKILL')
  process.kill(before, 'SIGKILL')
  const until = Date.now() + backMs
  for (;;) {
    const member = facts.members().find(({ name }) => name === entry)
    const pid: number = (await pidOf()) ?? before
    if (pid !== before && (member?.status === 'ready' || member?.status === 'degraded')) return
    if (Date.now() > until) {
      const seconds = backMs / 1_000
      throw codedError('DRIVER_AWAY', `it did not serve again within ${seconds} s after SIGKILL: ${member?.reason}`)
    }
    await sleep(5)
  }
}

async function recordedPid(runRoot: string, entry: string): Promise<number | undefined> {
  try {
    const { record } = filesOf(join(runRoot, 'components', entry))
    return (JSON.parse(await readFile(record, 'utf8')) as { readonly pid: number }).pid
  } catch {
    return undefined
  }
}
