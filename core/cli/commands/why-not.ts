import { codedError } from '@moby/contracts'
import { whyNot } from '../../resolve/explain.ts'
import { resolveAssembly } from '../../resolve/resolve-assembly.ts'
import { openAssembly } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { sourcesFor } from '../sources.ts'

export const command: Command = {
  async run(line) {
    const [subject = ''] = line.positionals
    const at = subject.lastIndexOf('@')
    if (at < 1 || at === subject.length - 1) {
      throw codedError('COMMAND_USAGE', `${subject} names no version`, {
        hint: 'write for example: moby why-not storage@1.2.0',
        span: line.spanOf(subject),
      })
    }
    const file = await openAssembly(line)
    const resolution = await resolveAssembly(file, sourcesFor(file.file))
    process.stdout.write(`${whyNot(resolution, subject.slice(0, at), subject.slice(at + 1)).join('\n')}\n`)
    return 0
  },
}
