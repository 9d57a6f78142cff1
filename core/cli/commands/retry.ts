import type { Command } from '../command.ts'
import { askEngine } from '../engine-control.ts'

/** Has the engine start a component that is away now, and forget how often it ended. */
export const command: Command = {
  async run(line) {
    const [name = ''] = line.positionals
    await askEngine(line, (engine) => engine.retry({ name }))
    process.stdout.write(`${name} is started again; moby status tells how it goes\n`)
    return 0
  },
}
