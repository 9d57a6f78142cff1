import type { Command } from '../command.ts'
import { commands } from '../commands.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { usage } from '../usage.ts'

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** Prints the completion for a shell, made of the table of commands. */
export const command: Command = {
  async run(line) {
    const [shell = ''] = line.positionals
    const make = Object.hasOwn(shells, shell) ? shells[shell as keyof typeof shells] : undefined
    if (make === undefined) {
      throw usage(line, `There is no completion for ${shell}`, `it can be ${Object.keys(shells).join(', ')}`, shell)
    }
    process.stdout.write(make(commands))
    return 0
  },
}
