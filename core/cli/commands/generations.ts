import type { Command } from '../command.ts'
import { askEngine } from '../engine-control.ts'
import { alignColumns } from '../table.ts'

/** Lists what `moby rollback` can go back to. */
export const command: Command = {
  async run(line) {
    const { current, generations } = await askEngine(line, (engine) => engine.generations({}))
    const rows = generations.map(({ number, at, origin, of, file }) => [
      `${number}${number === current ? ' *' : ''}`,
      at,
      of === undefined ? origin : `${origin} to ${of}`,
      file,
    ])
    process.stdout.write(alignColumns([['NUMBER', 'SINCE', 'BY', 'MANIFEST'], ...rows]))
    return 0
  },
}
