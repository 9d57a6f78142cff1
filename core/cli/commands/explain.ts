import { explain } from '../../resolve/explain.ts'
import { resolveAssembly } from '../../resolve/resolve-assembly.ts'
import { openAssembly } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { sourcesFor } from '../sources.ts'

export const command: Command = {
  async run(line) {
    const file = await openAssembly(line)
    const resolution = await resolveAssembly(file, sourcesFor(file.file))
    const [name = ''] = line.positionals
    process.stdout.write(`${explain(resolution, name).join('\n')}\n`)
    return 0
  },
}
