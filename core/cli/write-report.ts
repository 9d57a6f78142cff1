import { join } from 'node:path'
import process from 'node:process'
import type { Logger } from '@moby/contracts'

/**
 * Has SIGUSR1 write what the process is doing into the run root: stacks, handles, memory; for one that seems to hang. It is
 * where dockerd writes the stacks of its goroutines. Environment and addresses are left out, as both may tell secrets.
 * Without a listener the signal would have Node open a debugger to whoever is on this host.
 */
export function reportOnSignal(runRoot: string, log: Logger): void {
  const { report } = process
  report.compact = true
  report.directory = runRoot
  report.excludeEnv = true
  // Types of Node 24 do not have it yet.
  Object.assign(report, { excludeNetwork: true })
  process.on('SIGUSR1', () => {
    const name = `report-${new Date().toISOString().replaceAll(':', '')}.json`
    const path = join(runRoot, name)
    const umask = process.umask(0o077)
    try {
      report.writeReport(name)
      log.info('a report of the process was written', { path })
    } catch (error) {
      log.warn('a report of the process was not written', { path, reason: String(error) })
    } finally {
      process.umask(umask)
    }
  })
}
