import { loadLock } from '../../lock/lock-file.ts'
import { verifyLock } from '../../lock/verify-lock.ts'
import { openAssembly } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { sourcesFor } from '../sources.ts'

export const command: Command = {
  async run(line) {
    const file = await openAssembly(line)
    const lock = await loadLock(file)
    const entries = await verifyLock({ file, lock, sources: sourcesFor(file.file) })
    process.stdout.write(
      `${file.manifest.assembly} ${file.manifest.version}: ${entries.length} components are as locked in ${lock.file}\n`,
    )
    return 0
  },
}
