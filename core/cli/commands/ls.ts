import { loadLock } from '../../lock/lock-file.ts'
import { compareSelection } from '../../lock/verify-lock.ts'
import { throwProblems } from '../../manifest/problems.ts'
import { openAssembly } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { alignColumns } from '../table.ts'

export const command: Command = {
  async run(line) {
    const file = await openAssembly(line)
    const lock = await loadLock(file)
    throwProblems(file.file, compareSelection({ file, lock }))
    const rows = Object.entries(file.manifest.components).flatMap(([name, { required = true }]) => {
      const locked = lock.lock.components[name]
      if (locked === undefined) return []
      const provides = locked.provides.map(({ contract, driver, dynamic = false }) =>
        dynamic ? `${contract}:*` : driver === undefined ? contract : `${contract}:${driver}`,
      )
      return [
        [name, locked.use, locked.version, locked.mode, required ? 'required' : 'optional', provides.join(' ') || '-'],
      ]
    })
    const heads = ['NAME', 'COMPONENT', 'VERSION', 'MODE', 'POLICY', 'PROVIDES']
    process.stdout.write(alignColumns([heads, ...rows]))
    if (rows.some(([, , , mode]) => mode === 'module')) {
      process.stdout.write('\nA module runs inside the engine with its full trust; permissions do not confine it.\n')
    }
    return 0
  },
}
