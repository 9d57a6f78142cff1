import type { Command } from '../command.ts'
import { run } from '../run.ts'
import { commands } from '../commands.ts'
import { alignColumns } from '../table.ts'

export const command: Command = {
  async run(line) {
    const [name] = line.positionals
    if (name === undefined) {
      const rows = Object.entries(commands).map(([each, { summary }]) => [`  ${each}`, summary])
      process.stdout.write(
        `A container engine is an assembly of versioned components, and the assembly is a file.\n\nusage: moby COMMAND\n\n${alignColumns(rows)}\nmoby help COMMAND tells its options.\n`,
      )
      return 0
    }
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (entry === undefined) return await run([name])
    const rows = Object.entries(entry.options).map(([option, { value, summary }]) => [
      `  --${option}${value === undefined ? '' : ` ${value}`}`,
      summary,
    ])
    const head = `moby ${name}: ${entry.summary}\n\nusage: moby ${name} ${entry.usage}`.trimEnd()
    process.stdout.write(`${head}\n${rows.length === 0 ? '' : `\n${alignColumns(rows)}`}`)
    return 0
  },
}
