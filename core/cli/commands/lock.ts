import { loadLock, lockPath, renderLock, writeLock } from '../../lock/lock-file.ts'
import { makeLock } from '../../lock/make-lock.ts'
import { resolveAssembly } from '../../resolve/resolve-assembly.ts'
import { openAssembly } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { sourcesFor } from '../sources.ts'

export const command: Command = {
  async run(line) {
    const file = await openAssembly(line)
    const lock = await makeLock(await resolveAssembly(file, sourcesFor(file.file)))
    const before = await loadLock(file).then(
      (old) => renderLock(old.lock),
      () => undefined,
    )
    const path = lockPath(file.file)
    const count = Object.keys(lock.components).length
    if (before === renderLock(lock)) {
      process.stdout.write(`${path} is up to date: ${count} components\n`)
      return 0
    }
    await writeLock(path, lock)
    process.stdout.write(`Wrote ${path}: ${count} components\n`)
    return 0
  },
}
